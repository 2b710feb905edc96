package io.coordkit.samples.service;

import java.time.Duration;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** The options that both services have. */
public final class ServiceOptions {
    private static final int MAX_PORT = 65_535;
    private static final Duration MAX_DURATION = Duration.ofHours(1);

    @Option(names = "--redis", paramLabel = "URL", description = "The lock store.")
    private String redis = "redis://127.0.0.1:6379";

    @Option(
            names = "--child",
            description = "End when standard input ends, as the checkout's services do (default: do not).")
    private boolean child;

    /** The lock store's address. */
    public String redis() {
        return redis;
    }

    /** Whether the process ends with its parent. */
    public boolean child() {
        return child;
    }

    /**
     * What {@code made} makes of the flag's value.
     *
     * @throws StartupException naming the flag, if the value is out of its range
     */
    public static <T> T valid(String flag, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new StartupException(flag + ": " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a duration out of its range.
     *
     * @throws StartupException if it is not longer than zero, or longer than an hour
     */
    public static void checkDuration(String flag, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(MAX_DURATION) > 0) {
            throw new StartupException(
                    flag + " must be longer than zero and at most " + MAX_DURATION + ", was " + value);
        }
    }

    /** Refuses a number that is no port. */
    public void checkPort(int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new StartupException("--port must be from 0 to " + MAX_PORT + ", was " + port);
        }
    }
}
