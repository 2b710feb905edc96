package io.coordkit.id.redis;

/** One Redis, 6.2 or later, as the store of worker leases and ranges of ids, through Redisson. */
public final class RedisIds {
    private RedisIds() {}
}
