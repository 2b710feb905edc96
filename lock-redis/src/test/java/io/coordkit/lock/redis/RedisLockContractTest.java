package io.coordkit.lock.redis;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnServers;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

class RedisLockContractTest extends LockBackendContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = RedisResidue.baseLine(() -> RedisLockContractTest.server);

    private static RedisServer server;
    private static RedissonClient admin;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
        Config config = new Config();
        config.useSingleServer().setAddress(server.uri()).setClientName(RedisResidue.TESTS_OWN);
        admin = Redisson.create(config);
    }

    @AfterAll
    static void stop() {
        admin.shutdown();
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return open(server.uri());
    }

    private static LockBackend open(String uri) {
        return RedisConnection.open(RedisConnection.parse(uri));
    }

    @Override
    protected void loseFromStore(String name) {
        admin.getBucket(RedisKeys.of(name).lock(), StringCodec.INSTANCE).delete();
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
