package io.coordkit.id.redis;

import io.coordkit.id.RangeAllocator;
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
 * <p><b>Ranges, promised:</b> no id is in two of them, whatever Redis loses in a restart or a failover: what may be issued
 * is decided by a durable floor, written ahead, and data that this very server has not written since its start is not
 * believed. They ascend, but for a range that is taken at the moment at which Redis loses its data. A restart costs what
 * was reserved and not used. The one thing not to do is FLUSHALL while ranges are being taken.
 *
 * <p>Thread-safe. Key layout, version 1: {@code ck:ids:{TAG}:w}, a hash of {@code NUMBER -> OWNER RESERVED_UNTIL};
 * {@code ck:ids:{TAG}:r}, a hash with {@code of} (run id and replication id of the server), {@code from}, {@code to},
 * {@code used}, {@code size} and {@code n} (counts changes).
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

    /**
     * Ranges over the caller's own Redisson client, with default options. See
     * {@link #ranges(RedissonClient, RangeAllocator, RedisRangeOptions)}.
     */
    public static RangeAllocator ranges(RedissonClient redisson, RangeAllocator floor) {
        return ranges(redisson, floor, RedisRangeOptions.DEFAULTS);
    }

    /**
     * Ranges over the caller's own Redisson client.
     *
     * @param floor a durable allocator, for example one of SQL, that reserves the ids of each tag in large numbers before
     *     Redis hands them out in small ones; for this alone, and the same one for ever. The caller closes it and the
     *     client after the ranges
     * @throws io.coordkit.BackendUnreachableException if Redis does not answer
     */
    public static RangeAllocator ranges(RedissonClient redisson, RangeAllocator floor, RedisRangeOptions options) {
        return RedisRanges.over(redisson, floor, options, () -> {});
    }
}
