package io.coordkit.txn.coordinator;

import java.time.Duration;

/**
 * How long a caller gives a transaction.
 *
 * @param timeout how long it may stay undecided
 * @param patience how long to wait for every branch's acknowledgement after the decision; zero not to
 */
public record Terms(Duration timeout, Duration patience) {
    /** 10 s, and not to wait. */
    public static final Terms DEFAULTS = new Terms(Duration.ofSeconds(10), Duration.ZERO);

    private static final Duration MIN = Duration.ofMillis(1);
    private static final Duration MAX = Duration.ofHours(1);

    /**
     * The same with another timeout.
     *
     * @param newTimeout 1 ms to 1 hour
     */
    public Terms withTimeout(Duration newTimeout) {
        return new Terms(checked("timeout", newTimeout), patience);
    }

    /**
     * The same with other patience.
     *
     * @param newPatience 1 ms to 1 hour
     */
    public Terms withPatience(Duration newPatience) {
        return new Terms(timeout, checked("patience", newPatience));
    }

    private static Duration checked(String field, Duration value) {
        if (value.compareTo(MIN) < 0 || value.compareTo(MAX) > 0) {
            throw new IllegalArgumentException(field + " must be between " + MIN + " and " + MAX + ", was " + value);
        }
        return value;
    }
}
