package io.coordkit.lock;

import java.time.Duration;

/**
 * Proof that this process was given the lock, with the token that lets a resource tell it from older holders.
 *
 * <p>While the JVM is scheduled, loss by expiry is reported before the store can give the lock to somebody else; other
 * losses (failover, eviction, deletion) are seen at the next renewal, at most a third of the TTL later. After a pause
 * of the JVM the first {@link #check()} reports it. Only the token, enforced at the resource, protects writes at all
 * times (see Kleppmann, "How to do distributed locking", 2016).
 *
 * <p>Thread-safe; it may be used and closed from any thread.
 */
public interface Hold extends AutoCloseable {

    /** The name of the lock. */
    String name();

    /**
     * The fencing token: strictly greater than that of every earlier holder of this name. A re-entered hold has the
     * same token, and one that reads under a {@link ReadWriteMutex} has that of the last writer.
     */
    long token();

    /**
     * How long the lock is certain to be ours if no renewal succeeds from now on; zero when it is lost or closed.
     */
    Duration remaining();

    /** Whether it is held: not closed, not lost, its deadline not passed. No I/O. */
    boolean isHeld();

    /**
     * Returns if the lock is still held. No I/O.
     *
     * @throws LockLostException if it was lost
     * @throws IllegalStateException if this hold was closed
     */
    void check();

    /**
     * A further hold of the same lock with the same token, without a round trip. The lock is released when the last
     * one closes.
     *
     * @throws LockLostException if the lock was lost
     * @throws IllegalStateException if this hold was closed
     */
    Hold reenter();

    /**
     * Runs {@code action} once, on the client's callback executor, when the lock is lost; at once if it is lost
     * already, never if it was closed first.
     */
    void onLost(Runnable action);

    /**
     * Gives up this hold; the last one releases the lock. Does not wait for the store's answer, never throws, is
     * idempotent, and after a loss it harms nobody.
     */
    @Override
    void close();
}
