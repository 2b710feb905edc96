package io.coordkit.lock.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import java.time.Duration;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

class RedisFenceTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String key = "stock:" + UUID.randomUUID();
    private RedisServer server;
    private RedissonClient redisson;
    private Hold older;
    private Hold newer;

    @BeforeEach
    void takeTheLockTwice() throws InterruptedException {
        server = Servers.shared().redis();
        Config config = new Config();
        config.useSingleServer().setAddress(server.uri());
        redisson = Redisson.create(config);
        try (LockClient locks = RedisLocks.connect(server.uri())) {
            older = locks.mutex(key).acquire(PATIENCE);
            older.close();
            newer = locks.mutex(key).acquire(PATIENCE);
            newer.close();
        }
    }

    @AfterEach
    void stop() {
        redisson.shutdown();
    }

    @Test
    void whoeverIsOlderThanTheNewestIsRefusedAndWritesNothing() {
        RedisFence fence = RedisFence.using(redisson, 0);
        assertThat(fence.set(key, "1", older)).isTrue();
        assertThat(fence.enter(key, newer)).isTrue();
        assertThat(fence.set(key, "2", older)).isFalse();
        assertThat(fence.enter(key, older)).isFalse();
        assertThat(server.command("GET", key)).isEqualTo("1");
        assertThat(fence.set(key, "3", newer)).isTrue();
        assertThat(fence.set(key, "4", newer)).as("again").isTrue();
        assertThat(server.command("GET", key)).isEqualTo("4");
    }

    @Test
    void tokensThatDifferInTheirLastBitAreToldApart() {
        assertThat(newer.token()).as("beyond what a double counts exactly").isGreaterThan(1L << 53);
        RedisFence fence = RedisFence.using(redisson, 0);
        server.command(
                "SET", RedisFence.fenceOf(key), String.format(Locale.ROOT, "0000000000:%019d", older.token() + 1));
        assertThat(fence.enter(key, older)).isFalse();
        server.command("SET", RedisFence.fenceOf(key), String.format(Locale.ROOT, "0000000000:%019d", older.token()));
        assertThat(fence.enter(key, older)).isTrue();
    }

    @Test
    void aHigherEraIsNewerWhateverTheTokens() {
        assertThat(RedisFence.using(redisson, 9).enter(key, older)).isTrue();
        assertThat(RedisFence.using(redisson, 9).enter(key, newer)).isTrue();
        assertThat(RedisFence.using(redisson, 10).enter(key, older)).isTrue();
        assertThat(RedisFence.using(redisson, 9).enter(key, newer)).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisFence.using(redisson, -1))
                .withMessageContaining("era must be 0 or greater, was -1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "with:{tag}:in", "{whole}", "a{b}{c}", "\u00fc \u4e2d", "open{only"})
    void theFenceIsInTheSlotOfItsKey(String guarded) {
        RedisServer node = Servers.shared().redisCluster().servers().get(0);
        assertThat(node.command("CLUSTER", "KEYSLOT", RedisFence.fenceOf(guarded)))
                .isEqualTo(node.command("CLUSTER", "KEYSLOT", guarded));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "empty{}braces", "close}first"})
    void aKeyWhoseSlotItCannotShareIsRefused(String guarded) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisFence.using(redisson, 0).enter(guarded, newer))
                .withMessageContaining("'" + guarded + "'");
    }
}
