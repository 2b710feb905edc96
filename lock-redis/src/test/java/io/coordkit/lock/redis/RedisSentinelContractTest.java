package io.coordkit.lock.redis;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnServers;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.server.RedisSentinels;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on a primary that sentinels watch. */
@Tag("topology")
class RedisSentinelContractTest extends LockBackendContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = RedisResidue.baseLineWithoutConnections(
            () -> List.of(RedisSentinelContractTest.redis.primary()), RedisLockContractTest.KEYS);

    private static RedisSentinels redis;

    @BeforeAll
    static void start() {
        redis = RedisSentinels.start();
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected LockBackend openBackend() {
        return RedisLockContractTest.open(redis.uri());
    }

    @Override
    protected void loseFromStore(String name) {
        RedisLockContractTest.lose(redis.primary(), name);
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(new OwnServers<>(
                List.of(RedisSentinels.start()),
                RedisLockContractTest::open,
                RedisSentinels::uri,
                RedisSentinels::kill9,
                RedisSentinels::restart,
                RedisSentinels::close));
    }
}
