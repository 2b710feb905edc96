package io.coordkit.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;

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

    /**
     * Takes the lock, waiting up to {@code wait}, runs {@code body} on the calling thread, and releases it. If the lock is
     * lost meanwhile, the thread is interrupted, and the loss is what the caller gets, whatever the body did.
     *
     * @return what the body returned, if the lock was held all the time
     * @throws LockLostException if the lock was lost before the body ended; what the body threw is suppressed in it
     * @throws LockTimeoutException if it stayed busy all that time; the body did not run
     * @throws LockUnreachableException if the store was not answering when the time was up; the body did not run
     * @throws InterruptedException if interrupted while waiting, or by the body
     * @throws E what the body threw
     */
    <T, E extends Exception> T call(Duration wait, LockedBody<T, E> body) throws InterruptedException, E;

    /**
     * The lock as the JDK knows it: owned by the thread that locks it, which may lock it again, and unlocked as often.
     * Re-entry costs no round trip. All such views of one name in one client are the same lock.
     *
     * <p>{@code lock} waits up to 366 days. It and {@code tryLock} throw {@link LockUnreachableException} as the methods
     * above do, and {@link LockLostException} when a lock is re-entered that was lost; so does the last {@code unlock},
     * after it has given up the lock. There are no conditions.
     */
    Lock asLock();
}
