package io.coordkit.samples.service;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Where a service keeps what it knows. */
public enum DbKind {
    /** In a file of its own, by an embedded database. */
    H2,
    /** On a MySQL or MariaDB server. */
    MYSQL;

    /** As it is written on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Reads {@code --db}. */
    public static final class Flag implements ITypeConverter<DbKind> {
        /** For picocli. */
        public Flag() {}

        @Override
        public DbKind convert(String value) {
            return Arrays.stream(values())
                    .filter(kind -> kind.toString().equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "expected one of " + Arrays.toString(values()) + ", was '" + value + "'"));
        }
    }
}
