package io.coordkit.id.etcd;

import io.coordkit.config.Settings;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.spi.RangeAllocatorProvider;
import io.etcd.jetcd.Client;
import java.nio.file.Path;
import java.util.Set;

/**
 * Serves {@code etcd://} and {@code etcds://}. Settings: {@code step} (ids per range at least, default 1000) and
 * {@code ca}, a PEM file of trusted certificates.
 */
public final class EtcdRangeProvider implements RangeAllocatorProvider {
    private static final int DEFAULT_STEP = 1000;

    /** For {@link java.util.ServiceLoader}. */
    public EtcdRangeProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("etcd", "etcds");
    }

    @Override
    public RangeAllocator open(String uri, Settings settings) {
        int step = settings.integer("step").orElse(DEFAULT_STEP);
        Client client = EtcdConnection.open(uri, settings.text("ca").map(Path::of));
        try {
            return EtcdIds.ranges(client, step, client::close);
        } catch (IllegalArgumentException e) {
            client.close();
            throw e;
        }
    }
}
