package io.coordkit.lock.redis;

import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;

/** The contract on a primary that sentinels watch. */
class RedisSentinelContractTest extends RedisLockContractTest {
    @Override
    String uri() {
        return Servers.shared().redisSentinels().uri();
    }

    @Override
    RedisServer serverOf(String key) {
        return Servers.shared().redisSentinels().primary();
    }
}
