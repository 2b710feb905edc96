package io.coordkit.lock.redlock;

import io.coordkit.config.Settings;
import io.coordkit.config.TlsSettings;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import java.util.List;
import org.redisson.api.RedissonClient;

/**
 * Locks on an odd number of independent Redis servers, 3 or more, 6.2 or later, through Redisson: a majority of them
 * grants a lock.
 *
 * <p>Promised: of 2k + 1 nodes k may be dead, hang or restart without their data, and still nobody is granted a lock
 * that another holds, as long as no server's clock is set. All nodes are asked at once, and nobody waits for those that
 * cannot change the outcome. A fencing token is greater than any before it for that name, also after nodes lost their
 * data, as long as the clients' clocks differ by less than the max TTL (less the node timeout). For this a node that
 * may have lost data, and so also a new one, does not vote until the max TTL has passed: the nodes see to it
 * themselves.
 *
 * <p>Not promised: an order of waiters; wake-ups are hints. And, as with any lock that expires, the holder's process may
 * be delayed and not know it has lost the lock: fence your writes. The argument is in {@code docs/redlock.md}.
 *
 * <p>The nodes must not be replicated for failover, and all clients must name the same ones. Of a user with an access
 * list the locks need {@code ~ckr:* &ckr:* +@read +@write +@scripting +@pubsub +@connection +info +time}.
 *
 * <p>{@link Locks#open(String, Settings, CoordObserver)} takes
 * {@code redlock://[[user]:password@]host[:port],host[:port],host[:port][/database]} or, for TLS,
 * {@code redlocks://}, whose certificates must name the hosts. User and password are percent-encoded. It reads these
 * settings, in properties files below {@code coordkit.locks.}:
 *
 * <ul>
 *   <li>{@code max-ttl}, {@code node-timeout}: see {@link RedlockOptions}
 *   <li>{@code ca}: a PEM file of the certificates to trust; by default those that Java trusts
 *   <li>{@code keystore}, {@code keystore-password}: a PKCS#12 or JKS file with the client's own certificate and key,
 *       for servers that want one, as Redis does unless {@code tls-auth-clients} is {@code no}
 * </ul>
 *
 * <p>The clients returned are thread-safe.
 */
public final class RedlockLocks {
    private RedlockLocks() {}

    /** Locks over the caller's own Redisson clients, one for each node, with default options. */
    public static LockClient using(List<RedissonClient> nodes) {
        return using(nodes, RedlockOptions.DEFAULTS, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks over the caller's own Redisson clients, one for each node, which the caller closes. Let their command
     * timeout be short and their retries few: what nobody waits for any more stays queued in them that long.
     *
     * @throws io.coordkit.ConfigurationException if the number of nodes is even or less than 3, if the TTL does not fit
     *     the options, or if a node is unfit: the same server as another, not a single server, a replica, older than
     *     6.2, evicting keys, or set up for other options
     * @throws io.coordkit.BackendUnreachableException if no majority of the nodes answers
     */
    public static LockClient using(
            List<RedissonClient> nodes, RedlockOptions redlock, LockOptions options, CoordObserver observer) {
        redlock.requireTtl(options.ttl());
        return Locks.on(RedlockConnection.over(nodes, redlock), options, LockRuntime.standard(observer));
    }

    /** Locks over connections of their own, with default options. */
    public static LockClient connect(String... nodes) {
        return connect(List.of(nodes), RedlockOptions.DEFAULTS, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks over connections of their own, closed with them. A node that does not answer is tried again when it is
     * needed.
     *
     * @param nodes for each node {@code redis://[[user]:password@]host[:port][/database]}, or {@code rediss://} for TLS
     *     with the certificates that Java trusts
     * @throws io.coordkit.ConfigurationException as {@link #using(List, RedlockOptions, LockOptions, CoordObserver)}
     *     does, or if a URI is malformed
     * @throws io.coordkit.BackendUnreachableException if no majority of the nodes answers, or too many refuse the user or
     *     the connection
     */
    public static LockClient connect(
            List<String> nodes, RedlockOptions redlock, LockOptions options, CoordObserver observer) {
        redlock.requireTtl(options.ttl());
        return Locks.on(
                RedlockConnection.open(
                        nodes.stream().map(RedlockAddress::ofNode).toList(), redlock, TlsSettings.NONE),
                options,
                LockRuntime.standard(observer));
    }
}
