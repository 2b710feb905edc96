package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockCrowdContract;
import io.coordkit.testkit.lock.RedisResidue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** A thousand want the same lock of three nodes; what all nodes are asked is counted together. */
class RedlockCrowdContractTest extends LockCrowdContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = TestNodes.baseLine(() -> RedlockCrowdContractTest.nodes);

    private static final int CLIENTS = 4;
    private static final int CHANNELS_PER_CONNECTION = 1_000;
    private static final RedlockOptions OPTIONS = new RedlockOptions(TTL, ofSeconds(10));
    private static final List<List<RedissonClient>> SHARED = new ArrayList<>();

    private static TestNodes nodes;
    private static int opened;

    @BeforeAll
    static void start() {
        nodes = TestNodes.startReady(3, OPTIONS);
        for (int i = 0; i < CLIENTS; i++) {
            SHARED.add(
                    nodes.uris().stream().map(RedlockCrowdContractTest::client).toList());
        }
    }

    private static RedissonClient client(String uri) {
        Config config = new Config();
        config.setThreads(2).setNettyThreads(2);
        config.useSingleServer()
                .setAddress(uri)
                .setTimeout(10_000)
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(16)
                .setClientName(RedisResidue.TESTS_OWN)
                .setSubscriptionsPerConnection(CHANNELS_PER_CONNECTION);
        return Redisson.create(config);
    }

    @AfterAll
    static void stop() {
        SHARED.stream().flatMap(List::stream).forEach(RedissonClient::shutdown);
        SHARED.clear();
        nodes.close();
    }

    @Override
    protected LockBackend openBackend() {
        return RedlockConnection.over(SHARED.get(opened++ % CLIENTS), OPTIONS);
    }

    @Override
    protected long commandsServed() {
        return RedisResidue.commands(nodes.answering());
    }
}
