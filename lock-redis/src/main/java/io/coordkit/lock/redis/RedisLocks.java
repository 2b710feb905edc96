package io.coordkit.lock.redis;

import io.coordkit.config.Settings;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import org.redisson.api.RedissonClient;

/**
 * Locks on Redis, 6.2 or later, through Redisson: on a lone server, a primary watched by sentinels, or a cluster.
 *
 * <p>Promised: one script per step, each all or nothing at the server; a watchdog that renews in batches, which go out
 * in parallel, so that a shard that is silent loses its own locks and no others; wake-up by publish/subscribe, one
 * waiter per release. The locks of a client share its connections, its timer and its threads, however many they are,
 * and a lock that is gone leaves no key behind.
 *
 * <h2>The token</h2>
 *
 * Each grant is the greater of the server's clock in microseconds and one more than the highest grant before it in the
 * lock's bucket, which has a key that outlives the locks (256 of them at most). So a token is greater than any before
 * it for that name, also if the clock is set back, or if Redis restarts without its data, as long as its clock is not
 * behind where it was. After a failover it is, if the new primary's clock lags behind the old one's by less than the
 * failover took: what the old one granted last may not have reached the new one.
 *
 * <h2>What is not promised</h2>
 *
 * Exclusion through a failover. Redis replicates asynchronously, so a lock can vanish with its primary and be granted
 * twice; its holder is told at the next renewal, a third of the TTL later at most, and until then only the token tells
 * the two apart. {@code min-replicas-to-write} at the primary bounds how long one that was cut off from all its
 * replicas goes on granting, and prevents nothing else. Let a primary without persistence not be restarted faster than
 * the sentinels or the cluster notice its death: its replicas would copy the empty one. Nor is the order of waiters
 * promised across processes: {@link LockOptions#fair} is refused.
 *
 * <p>A Redis that may evict locks is refused, see {@link RedisLockOptions#evictionAllowed}. One that does not let the
 * user see its {@code INFO} is accepted unchecked, with a warning. Of a user with an access list the locks need
 * {@code ~ck:* &ck:* +@read +@write +@scripting +@pubsub +@connection +info +time}, on a cluster {@code +cluster} as
 * well.
 *
 * <h2>Addresses</h2>
 *
 * <ul>
 *   <li>{@code redis://[user:password@]host[:port][/database]}
 *   <li>{@code redis+sentinel://[user:password@]host[:port][,host[:port]...]/master-name[/database]} names sentinels;
 *       one that answers is enough. User and password are those of Redis
 *   <li>{@code redis+cluster://[user:password@]host[:port][,host[:port]...]} names nodes of the cluster; one that
 *       answers is enough
 * </ul>
 *
 * With {@code rediss} in place of {@code redis} all connections use TLS, the sentinels' too, and the certificate must
 * name the host. User and password are percent-encoded; {@code :password@} alone is the default user's.
 *
 * <p>{@link Locks#open(String, Settings, CoordObserver)} reads these settings, in properties files below
 * {@code coordkit.locks.}:
 *
 * <ul>
 *   <li>{@code ca}: a PEM file of the certificates to trust; by default those that Java trusts
 *   <li>{@code keystore}, {@code keystore-password}: a PKCS#12 or JKS file with the client's own certificate and key,
 *       for servers that want one, as Redis does unless {@code tls-auth-clients} is {@code no}
 *   <li>{@code sentinel-user}, {@code sentinel-password}: for sentinels that want a password
 *   <li>{@code eviction-allowed}: {@code true} or {@code false}, see {@link RedisLockOptions#evictionAllowed}
 * </ul>
 *
 * <p>The clients returned are thread-safe.
 */
public final class RedisLocks {
    private RedisLocks() {}

    /** Locks over the caller's own Redisson client, with default options. */
    public static LockClient using(RedissonClient redisson) {
        return using(redisson, RedisLockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /** As {@link #using(RedissonClient, RedisLockOptions, CoordObserver)}, with the default for what is Redis' own. */
    public static LockClient using(RedissonClient redisson, LockOptions options, CoordObserver observer) {
        return using(redisson, new RedisLockOptions(options, false), observer);
    }

    /**
     * Locks over the caller's own Redisson client, which the caller closes. With sentinels or a cluster, its
     * {@code subscriptionMode} should be {@code MASTER}: else up to eight waiters are woken per release.
     *
     * @throws io.coordkit.BackendUnreachableException if Redis does not answer
     * @throws io.coordkit.ConfigurationException if Redis is older than 6.2 or may evict locks, or Redisson's
     *     NameMapper changes the end of a name
     */
    public static LockClient using(RedissonClient redisson, RedisLockOptions options, CoordObserver observer) {
        return Locks.on(
                RedisLockBackend.over(redisson, () -> {}, options.evictionAllowed()),
                options.locks(),
                LockRuntime.standard(observer));
    }

    /** Locks over a connection of their own, with default options. */
    public static LockClient connect(String uri) {
        return connect(uri, RedisLockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /** As {@link #connect(String, RedisLockOptions, CoordObserver)}, with the default for what is Redis' own. */
    public static LockClient connect(String uri, LockOptions options, CoordObserver observer) {
        return connect(uri, new RedisLockOptions(options, false), observer);
    }

    /**
     * Locks over a connection of their own, closed with them.
     *
     * @param uri one of the forms above
     * @throws io.coordkit.ConfigurationException if the URI is malformed, or Redis is older than 6.2 or may evict locks
     * @throws io.coordkit.BackendUnreachableException if Redis does not answer, or refuses the user or the connection
     */
    public static LockClient connect(String uri, RedisLockOptions options, CoordObserver observer) {
        return Locks.on(
                RedisConnection.open(RedisAddress.parse(uri), Settings.NONE, options.evictionAllowed()),
                options.locks(),
                LockRuntime.standard(observer));
    }
}
