package io.coordkit.testkit.server;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Where servers come from. */
enum ServerSource {
    /** Somebody else's, told by an environment variable. Only for what is shared and not hurt. */
    ENVIRONMENT,
    /** Containers. */
    CONTAINERS,
    /** Processes of this machine. */
    PROCESSES;

    /** The property that forces the order, for example {@code containers} or {@code environment,processes}. */
    static final String PROPERTY = "coordkit.servers";

    private static final List<ServerSource> DEFAULT = List.of(values());

    /**
     * The order that a value of the property says.
     *
     * @throws IllegalArgumentException naming the property and the value
     */
    static List<ServerSource> order(String value) {
        return value.isBlank()
                ? DEFAULT
                : Arrays.stream(value.split(",")).map(ServerSource::named).toList();
    }

    private static ServerSource named(String name) {
        return DEFAULT.stream()
                .filter(source -> source.title().equals(name.strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(PROPERTY + " must be some of "
                        + DEFAULT.stream().map(ServerSource::title).collect(Collectors.joining(","))
                        + ", was '" + name + "'"));
    }

    /** As the property spells it. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }
}
