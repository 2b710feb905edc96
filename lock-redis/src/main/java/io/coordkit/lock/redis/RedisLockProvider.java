package io.coordkit.lock.redis;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import java.net.URI;
import java.util.Set;

/** Serves {@code redis://} and {@code rediss://}; needs no settings of its own. */
public final class RedisLockProvider implements LockBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RedisLockProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss");
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        return RedisConnection.open(uri);
    }
}
