package io.coordkit.lock.etcd;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import io.etcd.jetcd.Client;
import java.util.Optional;

/**
 * Locks on etcd, 3.4 or later, through jetcd.
 *
 * <p>Promised: one transaction when the lock is free; a waiter watches the one before it and nobody else, so a release
 * wakes one; the processes that wait are served in the order in which they asked, and with {@link LockOptions#fair} so
 * are all their waiters; a fencing token greater than any before it for that name, from the revision of etcd; on three
 * members or more, nothing of this is lost with one of them. All locks of a client share one lease, kept alive by one
 * call for all.
 *
 * <p>Not promised: the order of threads of different processes that are not fair, for those of one process hand a lock
 * over among each other first, and ask etcd as one. Nor tokens that still rise when etcd is restored from a backup or rebuilt: its
 * revisions start lower then, so raise the era that is stored beside the tokens. Exclusion rests on clocks that run
 * equally fast; fence your writes.
 *
 * <p>etcd counts in seconds and has a minimum: a TTL of 100 ms works, but a process that dies blocks its locks for two
 * seconds.
 *
 * <p>The clients returned are thread-safe.
 */
public final class EtcdLocks {
    private EtcdLocks() {}

    /** Locks over the caller's own jetcd client, with default options. */
    public static LockClient using(Client client) {
        return using(client, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks over the caller's own jetcd client, which the caller closes. jetcd gives its calls no deadline: unless an
     * interceptor of the client does, those that nobody waits for any more stay queued in it while etcd is away.
     *
     * @throws io.coordkit.BackendUnreachableException if etcd does not answer
     */
    public static LockClient using(Client client, LockOptions options, CoordObserver observer) {
        return Locks.on(
                EtcdLockBackend.over(client, () -> {}, System::nanoTime), options, LockRuntime.standard(observer));
    }

    /** Locks over a connection of their own, with default options. */
    public static LockClient connect(String uri) {
        return connect(uri, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks over a connection of their own, closed with them.
     *
     * @param uri {@code etcd://[user:password@]host[:port][,host[:port]...]}, or {@code etcds://} for TLS with the
     *     certificates that Java trusts; name all members, for those that are away are left out
     * @throws io.coordkit.ConfigurationException if the URI is malformed
     * @throws io.coordkit.BackendUnreachableException if etcd does not answer
     */
    public static LockClient connect(String uri, LockOptions options, CoordObserver observer) {
        return Locks.on(
                EtcdConnection.open(EtcdAddress.parse(uri), Optional.empty()), options, LockRuntime.standard(observer));
    }
}
