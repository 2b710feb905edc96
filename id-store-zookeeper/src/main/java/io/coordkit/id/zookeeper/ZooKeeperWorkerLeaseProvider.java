package io.coordkit.id.zookeeper;

import io.coordkit.config.Settings;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.spi.WorkerLeaseProvider;
import java.util.Set;

/** Serves {@code zk://} and {@code zookeeper://}; needs no settings of its own. */
public final class ZooKeeperWorkerLeaseProvider implements WorkerLeaseProvider {

    /** For {@link java.util.ServiceLoader}. */
    public ZooKeeperWorkerLeaseProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("zk", "zookeeper");
    }

    @Override
    public WorkerLeaseSource open(String uri, Settings settings) {
        return ZooKeeperIds.workers(uri);
    }
}
