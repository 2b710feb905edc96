package io.coordkit.id.redis;

import java.time.Duration;
import java.util.List;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

/** Waits until a Redis has been up for so many seconds, by its own account. */
final class RedisUptime {
    private static final String UPTIME =
            "return tonumber(string.match(redis.call('INFO', 'server'), 'uptime_in_seconds:(%d+)'))";
    private static final Duration STEP = Duration.ofMillis(100);

    private RedisUptime() {}

    static void await(RedissonClient redisson, long seconds) throws InterruptedException {
        while (uptime(redisson) < seconds) {
            Thread.sleep(STEP.toMillis());
        }
    }

    private static long uptime(RedissonClient redisson) {
        Long uptime = redisson.getScript(StringCodec.INSTANCE)
                .eval(RScript.Mode.READ_ONLY, UPTIME, RScript.ReturnType.LONG, List.of());
        return uptime;
    }
}
