package io.coordkit.lock.zookeeper;

import io.coordkit.config.Settings;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import java.net.URI;
import java.util.Set;

/**
 * Serves {@code zk://} and {@code zks://}, and reads the settings that {@link ZooKeeperLocks} describes; the session is
 * as long as the {@code ttl} that all lock clients read.
 */
public final class ZooKeeperLockProvider implements LockBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public ZooKeeperLockProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("zk", "zks");
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        return ZooKeeperConnection.open(
                ZooKeeperAddress.of(uri), settings.duration("ttl").orElse(LockOptions.DEFAULTS.ttl()), settings);
    }
}
