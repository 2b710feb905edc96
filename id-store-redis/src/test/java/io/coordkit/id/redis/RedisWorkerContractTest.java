package io.coordkit.id.redis;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.testkit.id.WorkerLeaseContract;
import io.coordkit.testkit.server.RedisServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

class RedisWorkerContractTest extends WorkerLeaseContract {
    private static RedisServer server;
    private static RedissonClient redisson;

    @BeforeAll
    static void startServer() throws InterruptedException {
        server = RedisServer.start();
        redisson = RedisConnection.open(server.uri());
        // After its start it counts every number as used for a window, and uptime has whole seconds.
        RedisUptime.await(redisson, 3);
    }

    @AfterAll
    static void stopServer() {
        redisson.shutdown();
        server.close();
    }

    @Override
    protected WorkerLeaseSource open() {
        return WorkerLeases.on(RedisWorkers.over(redisson, () -> {}));
    }

    @Override
    protected void forget(String tag, int worker) {
        redisson.getMap("ck:ids:{" + tag + "}:w", StringCodec.INSTANCE).fastRemove(Integer.toString(worker));
    }
}
