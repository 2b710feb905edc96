package io.coordkit.lock.redis;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.RedisServer;

/** A Redis for one test, which forgets everything when it is stopped. */
final class OwnRedis implements OwnStore {
    private final RedisServer server = RedisServer.start();

    @Override
    public LockBackend open() {
        return RedisConnection.open(RedisConnection.parse(server.uri()));
    }

    @Override
    public String address() {
        return server.uri();
    }

    @Override
    public void stop() {
        server.kill9();
    }

    @Override
    public void start() {
        server.restart();
    }

    @Override
    public void close() {
        server.close();
    }
}
