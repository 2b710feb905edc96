package io.coordkit.lock.redis;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnServers;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisLockContractTest extends LockBackendContract {
    /** Of locks and queues; the high-water marks stay. */
    static final String KEYS = "ck:{*}:[lq]:*";

    @RegisterExtension
    static final BaseLine BASE_LINE =
            RedisResidue.baseLine(() -> List.of(RedisLockContractTest.server), RedisLockContractTest.KEYS);

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
        return open(server.uri());
    }

    static LockBackend open(String uri) {
        return RedisConnection.open(RedisAddress.parse(uri), Settings.NONE, false);
    }

    @Override
    protected void loseFromStore(String name) {
        lose(server, name);
    }

    /** Deletes all that this server has of the lock of that name, of whatever kind. */
    static void lose(RedisServer server, String name) {
        RedisKeys keys = RedisKeys.of(name);
        server.command(Stream.concat(Stream.of("DEL", keys.lock()), keys.shared().stream())
                .toArray(String[]::new));
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(new OwnServers<>(
                List.of(RedisServer.start()),
                RedisLockContractTest::open,
                RedisServer::uri,
                RedisServer::kill9,
                RedisServer::restart,
                RedisServer::close));
    }
}
