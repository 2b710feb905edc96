package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockProcessesContract;
import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisProcessesContractTest extends LockProcessesContract {
    @RegisterExtension
    static final BaseLine BASE_LINE =
            RedisResidue.baseLine(() -> List.of(RedisProcessesContractTest.server), RedisLockContractTest.KEYS);

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
    protected String uri() {
        return server.uri();
    }
}
