package io.coordkit.lock.etcd;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import java.net.URI;
import java.nio.file.Path;
import java.util.Set;

/** Serves {@code etcd://} and {@code etcds://}; the setting {@code ca} names a PEM file of trusted certificates. */
public final class EtcdLockProvider implements LockBackendProvider {

    /** For {@link java.util.ServiceLoader}. */
    public EtcdLockProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("etcd", "etcds");
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        EtcdAddress address = EtcdAddress.of(uri);
        return EtcdConnection.open(address, settings.text("ca").map(Path::of));
    }
}
