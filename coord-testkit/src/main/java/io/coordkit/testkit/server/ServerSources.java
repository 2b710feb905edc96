package io.coordkit.testkit.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Chooses the source of a server: the first in the order that has one. By default that is what the environment tells,
 * then a container, then a process. Immutable.
 *
 * @param order what is asked, one after the other
 * @param environment a variable's value
 * @param noProcess why there can be no process of a kind; empty if there can
 * @param noContainer why there can be no container; empty if there can
 */
record ServerSources(
        List<ServerSource> order,
        Function<String, Optional<String>> environment,
        Function<ServerKind, Optional<String>> noProcess,
        Function<ServerKind, Optional<String>> noContainer) {

    ServerSources {
        order = List.copyOf(order);
    }

    /** Those of this machine, in the order that the property says. */
    static ServerSources here() {
        return new ServerSources(
                ServerSource.order(System.getProperty(ServerSource.PROPERTY, "")),
                variable -> Optional.ofNullable(System.getenv(variable)),
                ServerKind::missingProgram,
                kind -> Containers.missing());
    }

    /** The address in the environment, if that is to be used before anything that can be started. */
    Optional<String> given(ServerKind kind) {
        return environment
                .apply(kind.variable())
                .filter(address -> order.contains(ServerSource.ENVIRONMENT))
                .filter(address -> order.stream()
                        .takeWhile(source -> source != ServerSource.ENVIRONMENT)
                        .allMatch(source -> missing(source, kind).isPresent()));
    }

    /**
     * Whether a server of one's own is to be a container, and not a process.
     *
     * @param options its own; such as name a file of this machine can only be had by a process
     * @throws IllegalStateException if it can be neither; the message says in one line what is missing
     */
    boolean inContainer(ServerKind kind, String... options) {
        if (Stream.of(options).anyMatch(option -> option.startsWith("/") || option.contains("=/"))) {
            return false;
        }
        List<String> reasons = new ArrayList<>();
        for (ServerSource source : order) {
            Optional<String> missing = missing(source, kind);
            if (missing.isEmpty()) {
                return source == ServerSource.CONTAINERS;
            }
            reasons.add(source.title() + ": " + missing.get());
        }
        throw new IllegalStateException("There is no " + kind.title() + " here: " + String.join("; ", reasons));
    }

    /**
     * Sees that a server can be a container, for it is to have a network of its own.
     *
     * @throws IllegalStateException if it cannot
     */
    void requireContainer(ServerKind kind) {
        if (!inContainer(kind)) {
            throw new IllegalStateException(kind.title() + " on a network of its own is a container; set "
                    + ServerSource.PROPERTY + "=" + ServerSource.CONTAINERS.title());
        }
    }

    private Optional<String> missing(ServerSource source, ServerKind kind) {
        return switch (source) {
            case ENVIRONMENT -> Optional.of("what " + kind.variable() + " tells is shared, and not to be hurt");
            case PROCESSES -> noProcess.apply(kind);
            case CONTAINERS -> noContainer.apply(kind);
        };
    }
}
