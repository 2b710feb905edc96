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

    /** What this backend promises, as data. */
    LockGuarantees guarantees();

    /**
     * Ends every wait with an error, reports every open hold as lost, releases what it holds and waits for the store's
     * answers, up to the TTL or 5 seconds, whichever is shorter. Idempotent.
     */
    @Override
    void close();
}
