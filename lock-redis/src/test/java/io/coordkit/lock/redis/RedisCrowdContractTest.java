package io.coordkit.lock.redis;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockCrowdContract;
import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.server.RedisServer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

class RedisCrowdContractTest extends LockCrowdContract {
    @RegisterExtension
    static final BaseLine BASE_LINE =
            RedisResidue.baseLine(() -> List.of(RedisCrowdContractTest.server), RedisLockContractTest.KEYS);

    private static final int CONNECTIONS = 4;
    private static final int CHANNELS_PER_CONNECTION = 1_000;
    private static final List<RedissonClient> SHARED = new ArrayList<>();

    private static RedisServer server;
    private static int opened;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        for (int i = 0; i < CONNECTIONS; i++) {
            Config config = new Config();
            config.useSingleServer()
                    .setAddress(server.uri())
                    .setTimeout(10_000)
                    .setClientName(RedisResidue.TESTS_OWN)
                    .setSubscriptionsPerConnection(CHANNELS_PER_CONNECTION);
            SHARED.add(Redisson.create(config));
        }
    }

    @AfterAll
    static void stop() {
        SHARED.forEach(RedissonClient::shutdown);
        SHARED.clear();
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return RedisLockBackend.over(SHARED.get(opened++ % CONNECTIONS), () -> {}, false);
    }

    @Override
    protected long commandsServed() {
        return RedisResidue.commands(List.of(server));
    }
}
