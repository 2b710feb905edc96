package io.coordkit.id;

import java.time.Instant;

/**
 * One worker number, owned by one generator, and the times it may use.
 *
 * <p>Thread-safe, but to be renewed by one thread. Calls block for a few round trips to the store.
 */
public interface WorkerLease {

    /** The number, from 0. */
    int worker();

    /** What may be used, as last told by the store. */
    WorkerWindow window();

    /**
     * Extends the window to as far as the store's clock allows, and tells it. What was reserved before stays reserved,
     * whether or not this succeeds, unless the new window says otherwise.
     *
     * @throws WorkerLeaseLostException if the number has another owner
     * @throws IdUnavailableException if the store did not answer; the window may be extended there all the same
     */
    WorkerWindow renew();

    /**
     * Gives the number back, so that the next owner may begin right after {@code lastUsed} instead of after the window.
     * Nothing may be issued after this was called. A store that does not answer is not waited for: the number is free
     * again when the lease has expired. Does nothing the second time, or when the lease is lost.
     *
     * @param lastUsed the greatest time that is in an id, or anything before {@code from} if there is none
     */
    void release(Instant lastUsed);
}
