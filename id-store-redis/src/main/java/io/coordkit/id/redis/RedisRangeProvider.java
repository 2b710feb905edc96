package io.coordkit.id.redis;

import io.coordkit.config.Settings;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeAllocators;
import io.coordkit.id.spi.RangeAllocatorProvider;
import java.util.Set;
import org.redisson.api.RedissonClient;

/**
 * Serves {@code redis://} and {@code rediss://}. Settings: {@code floor} (required), the URI of the durable store that
 * knows what was issued, for example {@code jdbc:mysql://localhost/ids}, with that store's own settings below
 * {@code floor.}; {@code step} and {@code reserve}, see {@link RedisRangeOptions}.
 */
public final class RedisRangeProvider implements RangeAllocatorProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RedisRangeProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss");
    }

    @Override
    public RangeAllocator open(String uri, Settings settings) {
        RedisRangeOptions defaults = RedisRangeOptions.DEFAULTS;
        RedisRangeOptions options = new RedisRangeOptions(
                settings.integer("step").orElse(defaults.step()),
                settings.integer("reserve").map(Integer::longValue).orElse(defaults.reserve()));
        String floorUri = settings.requireText("floor");
        Settings below = settings.below("floor");
        RangeAllocator floor = RangeAllocators.open(floorUri, below);
        try {
            below.refuseUnread();
            RedissonClient redisson = RedisConnection.open(uri);
            try {
                return RedisRanges.over(redisson, floor, options, () -> {
                    redisson.shutdown();
                    floor.close();
                });
            } catch (RuntimeException e) {
                redisson.shutdown();
                throw e;
            }
        } catch (RuntimeException e) {
            floor.close();
            throw e;
        }
    }
}
