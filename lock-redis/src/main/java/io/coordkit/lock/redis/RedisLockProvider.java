package io.coordkit.lock.redis;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import java.net.URI;
import java.util.Set;

/** Serves the schemes, and reads the settings, that {@link RedisLocks} describes. */
public final class RedisLockProvider implements LockBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public RedisLockProvider() {}

    @Override
    public Set<String> schemes() {
        return RedisAddress.SCHEMES;
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        return RedisConnection.open(
                RedisAddress.of(uri),
                settings,
                settings.flag("eviction-allowed").orElse(false));
    }
}
