package io.coordkit.id.redis;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import org.redisson.api.RedissonClient;

/**
 * One Redis, 6.2 or later, as the store of worker leases and ranges of ids, through Redisson.
 *
 * <p><b>Worker numbers, promised:</b> a number has one owner at a time, by the server's clock; a zombie and a restarted
 * generator repeat no id. That holds also when Redis restarts without its data or with older data: for one window after
 * its start every number counts as used by somebody until that window has passed, so a restart of Redis makes all
 * generators of a tag pause for up to one window, and its clock must not be behind where it was.
 *
 * <p><b>Not promised:</b> anything through a failover. Redis replicates asynchronously: a replica that takes over may know
 * an earlier owner of a number than the primary did, and does not say that it has lost something. A record that it does not
 * have at all is safe: it counts as reserved for a window. Where ids matter more than that, use a database, etcd or
 * ZooKeeper.
 *
 * <p>Thread-safe. Key layout, version 1: {@code ck:ids:{TAG}:w}, a hash of {@code NUMBER -> OWNER RESERVED_UNTIL}.
 */
public final class RedisIds {
    private RedisIds() {}

    /**
     * Worker numbers over the caller's own Redisson client, which the caller closes.
     *
     * @throws io.coordkit.BackendUnreachableException if Redis does not answer
     */
    public static WorkerLeaseSource workers(RedissonClient redisson) {
        return WorkerLeases.on(RedisWorkers.over(redisson, () -> {}));
    }

    /**
     * Worker numbers over a connection of their own, closed with the source.
     *
     * @param uri {@code redis://[user:password@]host[:port][/database]}, or {@code rediss://} for TLS
     * @throws io.coordkit.ConfigurationException if the URI is malformed
     * @throws io.coordkit.BackendUnreachableException if Redis does not answer
     */
    public static WorkerLeaseSource workers(String uri) {
        RedissonClient redisson = RedisConnection.open(uri);
        try {
            return WorkerLeases.on(RedisWorkers.over(redisson, redisson::shutdown));
        } catch (RuntimeException e) {
            redisson.shutdown();
            throw e;
        }
    }
}
