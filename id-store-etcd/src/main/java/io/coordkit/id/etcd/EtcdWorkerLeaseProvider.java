package io.coordkit.id.etcd;

import io.coordkit.config.Settings;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.spi.WorkerLeaseProvider;
import java.nio.file.Path;
import java.util.Set;

/** Serves {@code etcd://} and {@code etcds://}; the setting {@code worker-ca} names a PEM file of trusted certificates. */
public final class EtcdWorkerLeaseProvider implements WorkerLeaseProvider {

    /** For {@link java.util.ServiceLoader}. */
    public EtcdWorkerLeaseProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("etcd", "etcds");
    }

    @Override
    public WorkerLeaseSource open(String uri, Settings settings) {
        return EtcdIds.workers(uri, settings.text("worker-ca").map(Path::of));
    }
}
