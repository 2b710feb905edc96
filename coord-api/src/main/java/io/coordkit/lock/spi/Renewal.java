package io.coordkit.lock.spi;

import java.time.Duration;

/** The store's answer to a renewal. */
public sealed interface Renewal {

    /**
     * Still ours.
     *
     * @param validFor how long the store keeps the lock, counted from the moment {@code renew} was called
     */
    record Extended(Duration validFor) implements Renewal {}

    /**
     * No longer ours.
     *
     * @param reason what the store said, for the log: expired, deleted, taken by another
     */
    record Gone(String reason) implements Renewal {}
}
