package io.coordkit.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A named lock with at most one holder among all processes, as far as the backend's {@link LockGuarantees} go.
 *
 * <p>Ownership belongs to the {@link Hold}, never to a thread: a hold may be used and closed anywhere. A second
 * acquire by the same thread therefore waits like anybody else's; to re-enter, call {@link Hold#reenter()}.
 *
 * <p>Waiting is by notification. Waits are longer than zero and at most 366 days. Thread-safe.
 */
public interface Mutex {

    /** The name it was made with. */
    String name();

    /**
     * Takes the lock if it is free now; the wait is that of one answer from the store.
     *
     * @return the hold, or empty when somebody else has it
     * @throws LockUnreachableException if the store did not answer; nothing is held then
     * @throws InterruptedException if interrupted; nothing is held then
     */
    Optional<Hold> tryAcquire() throws InterruptedException;

    /**
     * Takes the lock, waiting up to {@code wait}.
     *
     * @return the hold, or empty when it stayed busy all that time
     * @throws LockUnreachableException if the store was not answering when the time was up
     * @throws InterruptedException if interrupted; nothing is held then
     */
    Optional<Hold> tryAcquire(Duration wait) throws InterruptedException;

    /**
     * Takes the lock, waiting up to {@code wait}.
     *
     * @throws LockTimeoutException if it stayed busy all that time
     * @throws LockUnreachableException if the store was not answering when the time was up
     * @throws InterruptedException if interrupted; nothing is held then
     */
    Hold acquire(Duration wait) throws InterruptedException;

    /**
     * Takes the lock without blocking the caller. The future completes, on the client's callback executor, with the
     * hold or with the exceptions of {@link #acquire}. Cancelling it withdraws the request: a cancelled acquire never
     * holds.
     */
    CompletableFuture<Hold> acquireAsync(Duration wait);
}
