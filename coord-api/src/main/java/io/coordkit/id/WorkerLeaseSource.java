package io.coordkit.id;

import java.time.Duration;

/**
 * Gives out worker numbers, each to one generator at a time, with the times that it may use. See
 * {@link WorkerLeases} for what there is.
 *
 * <p>Thread-safe. Calls block for a few round trips to the store.
 */
public interface WorkerLeaseSource extends AutoCloseable {

    /** What a lease from here is good for. */
    WorkerGuarantees guarantees();

    /**
     * A number that nobody has, preferably one whose window needs no waiting.
     *
     * @param tag whose numbers; they are counted for each tag by itself
     * @param workers how many numbers there are, at least 1
     * @param window how far ahead of the store's clock times are reserved, and so how long a dead owner keeps its number:
     *     100 ms to 1 h, the same for all generators of a tag
     * @throws IllegalArgumentException if the tag, the number or the window is out of range
     * @throws IdUnavailableException if all numbers are taken, the store did not answer, or this is closed
     */
    WorkerLease acquire(String tag, int workers, Duration window);

    /** Frees what the source opened itself. Leases cannot be renewed any more; release them first. Idempotent. */
    @Override
    void close();
}
