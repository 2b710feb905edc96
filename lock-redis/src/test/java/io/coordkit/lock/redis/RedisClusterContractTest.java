package io.coordkit.lock.redis;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnServers;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.server.RedisCluster;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a cluster. */
@Tag("topology")
class RedisClusterContractTest extends LockBackendContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = RedisResidue.baseLineWithoutConnections(
            () -> RedisClusterContractTest.cluster.masters(), RedisLockContractTest.KEYS);

    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.start();
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected LockBackend openBackend() {
        return RedisLockContractTest.open(cluster.uri());
    }

    @Override
    protected void loseFromStore(String name) {
        RedisLockContractTest.lose(cluster.masterOf(RedisKeys.of(name).lock()), name);
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(new OwnServers<>(
                List.of(RedisCluster.start()),
                RedisLockContractTest::open,
                RedisCluster::uri,
                RedisCluster::kill9,
                RedisCluster::restart,
                RedisCluster::close));
    }
}
