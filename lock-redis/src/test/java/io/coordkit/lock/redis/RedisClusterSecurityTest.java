package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.RedisSecurityCases;
import io.coordkit.testkit.server.RedisCluster;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A cluster whose servers know the user of the locks, and talk to each other by TLS as well. */
class RedisClusterSecurityTest extends RedisSecurityCases {
    private static RedisCluster cluster;

    @BeforeAll
    static void start() {
        cluster = RedisCluster.startTls(certificates());
        cluster.servers().forEach(server -> admit(server, RedisSecurityTest.RIGHTS + " +cluster"));
    }

    @AfterAll
    static void stop() {
        cluster.close();
    }

    @Override
    protected String uri(boolean tls, String credentials) {
        return (tls ? "rediss+cluster://" : "redis+cluster://") + credentials + "@" + String.join(",", addresses());
    }

    /** Two of them lead to the others. */
    @Override
    protected List<String> addresses() {
        return Stream.of(cluster.uri().replace("rediss+cluster://", "").split(",", -1))
                .limit(2)
                .toList();
    }
}
