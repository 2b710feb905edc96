package io.coordkit.id.redis;

import io.coordkit.id.RangeAllocator;
import io.coordkit.id.sql.SqlRangeAllocator;
import io.coordkit.id.sql.SqlRangeOptions;
import io.coordkit.testkit.id.RangeAllocatorContract;
import io.coordkit.testkit.server.RedisServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.redisson.api.RedissonClient;

/** On a Redis that forgets everything when it is killed, with a small reserve that ends all the time. */
class RedisRangeContractTest extends RangeAllocatorContract {
    private final RedisServer server = RedisServer.start();
    private final RangeAllocator floor = SqlRangeAllocator.connect(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0",
            new Properties(),
            SqlRangeOptions.DEFAULTS.withStep(50));
    private final List<RedissonClient> clients = new ArrayList<>();

    @Override
    protected RangeAllocator open() {
        RedissonClient client = RedisConnection.open(server.uri());
        clients.add(client);
        return RedisIds.ranges(client, floor, new RedisRangeOptions(10, 50));
    }

    @Override
    protected void crash() {
        server.kill9();
        server.restart();
    }

    @AfterEach
    void stop() {
        clients.forEach(RedissonClient::shutdown);
        server.close();
    }
}
