package io.coordkit.samples.service;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How an order is placed in two databases at once. */
public enum TxKind {
    /** The inventory reserves, and sells or gives back when it is decided. */
    TCC("tcc"),
    /** Both databases prepare, and commit when it is decided. */
    TWO_PHASE("2pc"),
    /** Both databases prepare, are told that both have, and commit when it is decided, or by themselves if cut off. */
    THREE_PHASE("3pc");

    private final String flag;

    TxKind(String flag) {
        this.flag = flag;
    }

    /** The flag that says so, for the services. */
    public List<String> flags() {
        return List.of("--tx", flag);
    }

    /** How long a participant waits that nobody answers, before it ends by itself; empty if it never does. */
    public Optional<Duration> allowedAlone() {
        return this == THREE_PHASE ? Optional.of(Duration.ofSeconds(30)) : Optional.empty();
    }

    /** As the help shows it. */
    @Override
    public String toString() {
        return flag;
    }

    /** Reads {@code --tx}. */
    public static final class Flag implements ITypeConverter<TxKind> {
        /** For picocli. */
        public Flag() {}

        @Override
        public TxKind convert(String value) {
            return Arrays.stream(values())
                    .filter(kind -> kind.flag.equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "expected one of " + Arrays.toString(values()) + ", was '" + value + "'"));
        }
    }
}
