package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.RedisSecurityCases;
import io.coordkit.testkit.server.RedisSentinels;
import io.coordkit.testkit.server.RedisServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A primary that knows the user of the locks, and sentinels that let in nobody but a user of their own. */
class RedisSentinelSecurityTest extends RedisSecurityCases {
    private static final String SENTINEL_PASSWORD = "of-sentinels";

    private static RedisSentinels redis;

    @BeforeAll
    static void start() {
        redis = RedisSentinels.startTls(certificates());
        admit(redis.primary(), RedisSecurityTest.RIGHTS);
        redis.replicas().forEach(replica -> admit(replica, RedisSecurityTest.RIGHTS));
        for (RedisServer sentinel : redis.sentinels()) {
            sentinel.command("ACL", "SETUSER", "asker", "on", ">" + SENTINEL_PASSWORD, "&*", "+@all");
            sentinel.command("SENTINEL", "CONFIG", "SET", "sentinel-user", "asker");
            sentinel.command("SENTINEL", "CONFIG", "SET", "sentinel-pass", SENTINEL_PASSWORD);
        }
        redis.sentinels().forEach(sentinel -> sentinel.command("ACL", "SETUSER", "default", "off"));
    }

    @AfterAll
    static void stop() {
        redis.close();
    }

    @Override
    protected Map<String, String> settings() {
        return Map.of("sentinel-user", "asker", "sentinel-password", SENTINEL_PASSWORD);
    }

    @Override
    protected String uri(boolean tls, String credentials) {
        return (tls ? "rediss+sentinel://" : "redis+sentinel://") + credentials + "@" + String.join(",", addresses())
                + "/" + RedisSentinels.MASTER_NAME;
    }

    @Override
    protected List<String> addresses() {
        return List.of(redis.uri()
                .replace("rediss+sentinel://", "")
                .replaceFirst("/.*", "")
                .split(",", -1));
    }

    @Test
    void sentinelsWantTheirOwnUserAndPassword() {
        assertRefused(() -> open(uri(true, CREDENTIALS), settingsWith("asker", "wrong")), "WRONGPASS");
        assertRefused(() -> open(uri(true, CREDENTIALS), settingsWith("nobody", SENTINEL_PASSWORD)), "WRONGPASS");
        Map<String, String> without = settings(certificates().ca());
        without.keySet().removeAll(settings().keySet());
        assertRefused(() -> open(uri(true, CREDENTIALS), without), "");
    }

    private Map<String, String> settingsWith(String user, String password) {
        Map<String, String> all = new HashMap<>(settings(certificates().ca()));
        all.put("sentinel-user", user);
        all.put("sentinel-password", password);
        return all;
    }
}
