package io.coordkit.lock.redis;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.Locks;
import io.coordkit.testkit.server.FreePort;
import io.coordkit.testkit.server.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

class RedisLocksTest {
    private static final Duration PATIENCE = ofSeconds(20);
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void theCallersRedissonIsUsedAndLeftOpen() throws Exception {
        RedissonClient redisson = redisson();
        try (LockClient locks = RedisLocks.using(redisson)) {
            locks.mutex("mine").acquire(PATIENCE).close();
        }
        assertThat(redisson.isShutdown()).isFalse();
        assertThat(redisson.getKeys().count()).isNotNegative();
        redisson.shutdown();
    }

    @Test
    void keysAreLaidOutAsVersion1() throws Exception {
        RedissonClient redisson = redisson();
        try (LockClient locks = RedisLocks.connect(server.uri());
                Hold hold = locks.mutex("sku:4711").acquire(PATIENCE)) {
            String value = redisson.<String>getBucket("ck:{59}:l:sku:4711", StringCodec.INSTANCE)
                    .get();
            assertThat(value).matches("[a-z0-9-]+[.][0-9]+[.][0-9a-f]{32}:1 " + (hold.token() >> 10));
            assertThat(redisson.<String>getBucket("ck:{59}:h", StringCodec.INSTANCE)
                            .get())
                    .isEqualTo(Long.toString(hold.token() >> 10));
        } finally {
            redisson.shutdown();
        }
    }

    @Test
    void keysOfReadWriteLocksAreLaidOutAsVersion1() throws Exception {
        try (LockClient locks = RedisLocks.connect(server.uri());
                Hold hold = locks.readWrite("sku:4711").write().acquire(PATIENCE)) {
            String writer =
                    server.command("ZRANGE", "ck:{59}:p:sku:4711", "0", "-1").strip();
            assertThat(writer).matches("[a-z0-9-]+[.][0-9]+[.][0-9a-f]{32}:1");
            assertThat(server.command("ZRANGE", "ck:{59}:v:sku:4711", "0", "-1").strip())
                    .isEqualTo(writer);
            assertThat(server.command("ZSCORE", "ck:{59}:d:sku:4711", writer)).isNotEmpty();
            assertThat(server.command("ZCARD", "ck:{59}:u:sku:4711")).isEqualTo("0");
            assertThat(server.command("HGET", "ck:{59}:g:sku:4711", "grant"))
                    .isEqualTo(Long.toString(hold.token() >> 10));
            assertThat(server.command("HGET", "ck:{59}:g:sku:4711", "writer")).isEqualTo(writer);
        }
    }

    @Test
    void deadLocksLeaveNoKeysButTheirHighWaterMark() throws Exception {
        RedissonClient redisson = redisson();
        redisson.getKeys().flushdb();
        try (LockClient locks = RedisLocks.connect(server.uri());
                LockClient others = RedisLocks.connect(server.uri())) {
            for (int i = 0; i < 1000; i++) {
                try (Hold hold = locks.mutex("order:" + i).acquire(PATIENCE)) {
                    assertThat(others.mutex(hold.name()).tryAcquire()).isEmpty();
                }
            }
        }
        assertThat(redisson.getKeys().getKeys()).hasSizeLessThanOrEqualTo(256).allMatch(key -> key.endsWith("}:h"));
        redisson.shutdown();
    }

    @Test
    void theFacadeOpensThemByUri() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("coordkit.locks.uri", server.uri());
        properties.setProperty("coordkit.locks.ttl", "PT5S");
        properties.setProperty("coordkit.locks.require", "fenced, fenced_after_data_loss");
        try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(properties));
                Hold hold = kit.locks().mutex("a").acquire(PATIENCE)) {
            assertThat(hold.remaining()).isBetween(ofSeconds(1), ofSeconds(5));
            assertThat(kit.locks().guarantees().has(LockGuarantee.FAIR)).isFalse();
        }
        properties.setProperty("coordkit.locks.require", "fair");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(properties)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("redis")
                .hasMessageContaining("FAIR");
        properties.remove("coordkit.locks.require");
        properties.remove("coordkit.locks.uri");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(properties)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("coordkit.locks.uri must be set");
        properties.setProperty("coordkit.locks.uri", server.uri());
        properties.setProperty("coordkit.locks.tll", "PT5S");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(properties)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("coordkit.locks.tll");
    }

    @Test
    void aRedisThatIsNotThereIsNamed() {
        int nobody = FreePort.find();
        assertThatThrownBy(() -> RedisLocks.connect("redis://user:secret@127.0.0.1:" + nobody))
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("127.0.0.1:" + nobody)
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> Locks.open("nosuch://localhost"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("nosuch")
                .hasMessageContaining("localhost");
        for (String bad :
                List.of("redis://user:my secret@localhost", "nosuch://user:secret@localhost", "user:secret")) {
            assertThatThrownBy(() -> Locks.open(bad))
                    .isInstanceOf(ConfigurationException.class)
                    .satisfies(thrown -> assertThat(trace(thrown)).doesNotContain("secret"));
        }
        assertThatThrownBy(() -> RedisLocks.connect("redis://user:my secret@localhost"))
                .isInstanceOf(ConfigurationException.class)
                .satisfies(thrown -> assertThat(trace(thrown)).doesNotContain("secret"));
        assertThatThrownBy(() -> RedisLocks.connect("redis://127.0.0.1:" + nobody + "/x"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'x'");
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace, true));
        return trace.toString();
    }

    private static RedissonClient redisson() {
        Config config = new Config();
        config.useSingleServer().setAddress(server.uri());
        return Redisson.create(config);
    }
}
