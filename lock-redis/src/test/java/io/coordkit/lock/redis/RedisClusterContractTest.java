package io.coordkit.lock.redis;

import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;

/** The contract on a cluster. */
class RedisClusterContractTest extends RedisLockContractTest {
    @Override
    String uri() {
        return Servers.shared().redisCluster().uri();
    }

    @Override
    RedisServer serverOf(String key) {
        return Servers.shared().redisCluster().masterOf(key);
    }
}
