package io.coordkit.id.redis;

import io.coordkit.config.Settings;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.spi.WorkerLeaseProvider;
import java.util.Set;

/** Serves {@code redis://} and {@code rediss://}; needs no settings of its own. */
public final class RedisWorkerLeaseProvider implements WorkerLeaseProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RedisWorkerLeaseProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss");
    }

    @Override
    public WorkerLeaseSource open(String uri, Settings settings) {
        return RedisIds.workers(uri);
    }
}
