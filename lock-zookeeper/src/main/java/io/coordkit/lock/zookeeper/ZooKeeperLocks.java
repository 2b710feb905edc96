package io.coordkit.lock.zookeeper;

import io.coordkit.config.Settings;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import org.apache.curator.framework.CuratorFramework;

/**
 * Locks on ZooKeeper, 3.6 or later, through Curator: ephemeral sequential nodes, of which the lowest holds.
 *
 * <p>Promised: exclusion by the ensemble's own account, also when it loses a minority of its servers; one round trip
 * for a lock that is free; a waiter is woken by the one before it leaving, and nobody else is; a fencing token that is
 * the transaction which queued the holder, so that it rises with every holder; a loss signalled by what the leader has
 * confirmed (two thirds of the session timeout after the last confirmation was asked for) and not by Curator's own
 * events; nodes that are given up are deleted, however often that takes, and empty queues with them.
 *
 * <p>Not promised: tokens after the ensemble has lost its data, for its transactions then begin anew: raise the era of
 * stored fences. Nor the order of threads of different processes that are not fair: a process queues once for all its
 * waiters, and hands over among them first. With {@link LockOptions#fair} each of them queues for itself.
 *
 * <p>A process that dies blocks its locks for the session timeout. With {@code connect} that is the TTL, within what
 * the servers' {@code minSessionTimeout} and {@code maxSessionTimeout} allow. A session of less than three quarters of
 * the TTL is refused.
 *
 * <h2>Addresses</h2>
 *
 * {@code zk://[user:password@]host[:port][,host[:port]...][/chroot]} names all servers. User and password are
 * percent-encoded and go to ZooKeeper by its {@code digest} scheme; all nodes then belong to that user alone. ZooKeeper
 * takes any pair for a user, so a wrong password is noticed when it meets nodes of the right one's; and a client
 * certificate is a user as well, who then owns the nodes with the other. With {@code zks} the
 * connection uses TLS, for servers with a {@code secureClientPort}, and their certificates must name the host. For
 * anything else (SASL, other ACLs) pass a Curator client that has it to {@code using}.
 *
 * <p>{@link Locks#open(String, Settings, CoordObserver)} reads these settings, in properties files below
 * {@code coordkit.locks.}:
 *
 * <ul>
 *   <li>{@code ca}: a PEM file of the certificates to trust; by default those that Java trusts
 *   <li>{@code keystore}, {@code keystore-password}: a file ending in {@code .p12}, {@code .jks} or {@code .pem} with the
 *       client's own certificate and key, for servers that want one, as ZooKeeper does unless {@code ssl.clientAuth} is
 *       {@code none}
 * </ul>
 *
 * <p>The clients returned are thread-safe.
 */
public final class ZooKeeperLocks {
    private ZooKeeperLocks() {}

    /** Locks in the session of the caller's own, started Curator client, with default options. */
    public static LockClient using(CuratorFramework curator) {
        return using(curator, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks in the session of the caller's own, started Curator client, which the caller closes. Its namespace,
     * credentials, ACLs and retry policy apply.
     *
     * @throws io.coordkit.BackendUnreachableException if ZooKeeper does not answer
     * @throws io.coordkit.ConfigurationException if the client is not started, or its session too short for the TTL
     */
    public static LockClient using(CuratorFramework curator, LockOptions options, CoordObserver observer) {
        return Locks.on(
                ZooKeeperLockBackend.over(curator, options.ttl(), () -> {}), options, LockRuntime.standard(observer));
    }

    /** Locks over a connection of their own, with default options. */
    public static LockClient connect(String uri) {
        return connect(uri, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks over a connection of their own, closed with them.
     *
     * @param uri of the form above; the chroot is created if it is missing
     * @throws io.coordkit.ConfigurationException if the URI is malformed, the servers' sessions are too short for the
     *     TTL, or the user may not use the locks that are there
     * @throws io.coordkit.BackendUnreachableException if ZooKeeper does not answer, or TLS with it fails
     */
    public static LockClient connect(String uri, LockOptions options, CoordObserver observer) {
        return Locks.on(
                ZooKeeperConnection.open(ZooKeeperAddress.parse(uri), options.ttl(), Settings.NONE),
                options,
                LockRuntime.standard(observer));
    }
}
