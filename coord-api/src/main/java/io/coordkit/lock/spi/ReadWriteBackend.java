package io.coordkit.lock.spi;

import java.time.Duration;

/**
 * What a store must do to carry read-write locks. They are locks of their own: a mutex of the same name has nothing to do
 * with them.
 *
 * <p>All who want one queue in the order in which the store heard of them. A writer is granted the lock when nobody is
 * ahead of it; a reader when no writer is. So a writer that waits is overtaken by nobody. Their candidacies are renewed
 * by {@link LockBackend#renew}, with all others.
 *
 * <p>A writer's grant is greater than every earlier grant of the name. A reader's grant is that of the last writer, the
 * same for all readers between two writers, so that a resource that has heard of one of them does not refuse the other;
 * where the store has forgotten the last writer, because nobody has had the lock since, it is a fresh one.
 */
public interface ReadWriteBackend {

    /** What a candidate wants. */
    enum Access {
        /** Beside any number of readers. */
        READ,
        /** Alone. */
        WRITE
    }

    /**
     * A fresh candidacy for {@code name}, with an identity no other has. No I/O yet. A client has one for each of its
     * waiters and holders.
     *
     * @param ttl how long the store keeps a grant that is not renewed
     * @param wake to be run whenever asking again may be worthwhile; may be run spuriously, from any thread
     */
    Candidacy stand(String name, Access access, Duration ttl, Runnable wake);
}
