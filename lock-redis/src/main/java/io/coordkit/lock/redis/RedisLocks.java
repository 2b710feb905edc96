package io.coordkit.lock.redis;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import org.redisson.api.RedissonClient;

/**
 * Locks on one Redis, 6.2 or later, through Redisson.
 *
 * <p>Promised: one script per step, each all or nothing at the server; a watchdog that renews in batches; wake-up by
 * publish/subscribe, one waiter per release; a fencing token greater than any before it for that name, also after Redis
 * restarted without its data, as long as its clock is not behind where it was, and after a failover, as long as the new
 * primary's clock lags by less than the failover took.
 *
 * <p>Not promised: exclusion through a failover. Redis replicates asynchronously, so a lock can vanish with its primary
 * and be granted twice; only the token tells the holders apart. Nor is the order of waiters promised across processes:
 * {@link LockOptions#fair} is refused.
 *
 * <p>The clients returned are thread-safe.
 */
public final class RedisLocks {
    private RedisLocks() {}

    /** Locks over the caller's own Redisson client, with default options. */
    public static LockClient using(RedissonClient redisson) {
        return using(redisson, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks over the caller's own Redisson client, which the caller closes.
     *
     * @throws io.coordkit.BackendUnreachableException if Redis does not answer
     * @throws io.coordkit.ConfigurationException if Redis is older than 6.2, or Redisson's NameMapper changes the end
     *     of a name
     */
    public static LockClient using(RedissonClient redisson, LockOptions options, CoordObserver observer) {
        return Locks.on(RedisLockBackend.over(redisson, () -> {}), options, LockRuntime.standard(observer));
    }

    /** Locks over a connection of their own, with default options. */
    public static LockClient connect(String uri) {
        return connect(uri, LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * Locks over a connection of their own, closed with them.
     *
     * @param uri {@code redis://[user:password@]host[:port][/database]}, or {@code rediss://} for TLS
     * @throws io.coordkit.ConfigurationException if the URI is malformed or Redis is older than 6.2
     * @throws io.coordkit.BackendUnreachableException if Redis does not answer
     */
    public static LockClient connect(String uri, LockOptions options, CoordObserver observer) {
        return Locks.on(RedisConnection.open(RedisConnection.parse(uri)), options, LockRuntime.standard(observer));
    }
}
