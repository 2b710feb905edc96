package io.coordkit.lock;

import java.util.Collection;

/**
 * Distributed locks on one backend. Get one from a backend module ({@code RedisLocks.connect(uri)}) or by URI from
 * {@link Locks#open(String)}.
 *
 * <p>Thread-safe. Threads of one client queue locally for a name, so that one of them at a time asks the store; with
 * {@link LockOptions#fair} each of them queues in the store.
 */
public interface LockClient extends AutoCloseable {

    /**
     * The lock of that name. Cheap: no I/O, nothing to close; call it as often as you like.
     *
     * @param name 1 to 1,024 bytes of UTF-8, any characters
     * @throws IllegalArgumentException if the name is empty, too long or not encodable
     */
    Mutex mutex(String name);

    /**
     * The locks of those names, to be taken together. Cheap, as {@link #mutex} is.
     *
     * @param names at least one; one that occurs twice counts once
     * @throws IllegalArgumentException if there is none, or one is empty, too long or not encodable
     */
    default MultiLock multiLock(Collection<String> names) {
        return new MultiLock(this, names);
    }

    /**
     * The read-write lock of that name. Cheap, as {@link #mutex} is.
     *
     * @param name 1 to 1,024 bytes of UTF-8, any characters
     * @throws IllegalArgumentException if the name is empty, too long or not encodable
     * @throws io.coordkit.ConfigurationException if the backend does not promise {@link LockGuarantee#READ_WRITE}
     */
    ReadWriteMutex readWrite(String name);

    /**
     * The semaphore of that name with that many permits. Cheap, as {@link #mutex} is.
     *
     * @param name 1 to 1,008 bytes of UTF-8, any characters
     * @param permits 1 to {@value CountingSemaphore#MOST_PERMITS}, the same number everywhere
     * @throws IllegalArgumentException if the number is out of range, or the name is empty, too long or not encodable
     */
    default CountingSemaphore semaphore(String name, int permits) {
        return new CountingSemaphore(this, name, permits);
    }

    /**
     * What operators need: who holds, since when, who waits, and release by force.
     *
     * @throws io.coordkit.ConfigurationException if the backend cannot tell
     */
    LockAdmin admin();

    /** What this backend promises, as data. */
    LockGuarantees guarantees();

    /**
     * Ends every wait with an error, reports every open hold as lost, releases what it holds and waits for the store's
     * answers, up to the TTL or 5 seconds, whichever is shorter. Idempotent.
     */
    @Override
    void close();
}
