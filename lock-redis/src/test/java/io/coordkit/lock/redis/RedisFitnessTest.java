package io.coordkit.lock.redis;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Servers that cannot keep what locks promise. */
class RedisFitnessTest {
    private static RedisServer evicting;

    @BeforeAll
    static void start() {
        evicting = RedisServer.start("--maxmemory", "100mb", "--maxmemory-policy", "volatile-lru");
    }

    @AfterAll
    static void stop() {
        evicting.close();
    }

    @Test
    void aServerThatMayEvictLocksIsRefusedUnlessThatIsAllowed() throws Exception {
        assertThatThrownBy(() -> RedisLocks.connect(evicting.uri()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("volatile-lru", "104857600", "noeviction", "eviction-allowed");
        try (LockClient allowed = open("true")) {
            allowed.mutex("a").acquire(ofSeconds(20)).close();
        }
        assertThatThrownBy(() -> open("perhaps"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("perhaps");
        Config config = new Config();
        config.useSingleServer().setAddress(evicting.uri());
        RedissonClient redisson = Redisson.create(config);
        assertThatThrownBy(() -> RedisLocks.using(redisson)).isInstanceOf(ConfigurationException.class);
        RedisLocks.using(redisson, new RedisLockOptions(LockOptions.DEFAULTS, true), CoordObserver.NONE)
                .close();
        redisson.shutdown();
    }

    @Test
    void everyMasterOfAClusterIsLookedAt() {
        RedisServer one = Servers.shared().redisCluster().masters().get(2);
        one.command("CONFIG", "SET", "maxmemory", "100mb", "maxmemory-policy", "allkeys-lfu");
        try {
            assertThatThrownBy(() ->
                            RedisLocks.connect(Servers.shared().redisCluster().uri()))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("allkeys-lfu");
        } finally {
            one.command("CONFIG", "SET", "maxmemory", "0", "maxmemory-policy", "noeviction");
        }
    }

    @Test
    void aUserWhoMayNotSeeTheSettingsIsAccepted() {
        evicting.command("ACL", "SETUSER", "blind", "on", ">secret", "~ck:*", "&ck:*", "+@all", "-info");
        assertThatCode(() -> RedisLocks.connect("redis://blind:secret@" + evicting.address())
                        .close())
                .doesNotThrowAnyException();
    }

    @Test
    void aUserWhoMayNotRunScriptsIsRefusedInOneLine() {
        evicting.command("ACL", "SETUSER", "mute", "on", ">secret", "~ck:*", "&ck:*", "+@all", "-@scripting");
        assertThatThrownBy(() -> RedisLocks.connect("redis://mute:secret@" + evicting.address()))
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContainingAll(evicting.address(), "NOPERM")
                .satisfies(refusal ->
                        assertThat(refusal.getMessage()).doesNotContain("\n", "channel", "secret", "Exception"));
    }

    private static LockClient open(String evictionAllowed) {
        return Locks.open(
                evicting.uri(), new Settings("", Map.of("eviction-allowed", evictionAllowed)), CoordObserver.NONE);
    }
}
