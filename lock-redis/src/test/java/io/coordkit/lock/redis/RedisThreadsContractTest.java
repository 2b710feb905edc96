package io.coordkit.lock.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockThreadsContract;
import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisThreadsContractTest extends LockThreadsContract {
    @RegisterExtension
    static final BaseLine BASE_LINE =
            RedisResidue.baseLine(() -> List.of(RedisThreadsContractTest.server), RedisLockContractTest.KEYS);

    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return RedisLockContractTest.open(server.uri());
    }

    @Test
    void L38_aClientThatIsNotClosedIsSeen() throws Exception {
        try (LockClient client = RedisLocks.connect(server.uri());
                Hold hold = client.mutex("seen").acquire(patience())) {
            assertThat(hold.isHeld()).isTrue();
            assertThat(BASE_LINE.left()).containsOnlyKeys("threads", "connections", "keys");
        }
    }
}
