package io.coordkit.lock.redis;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.redisson.api.RedissonClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a Redis can keep what the locks promise. */
final class RedisFitness {
    private static final Logger log = LoggerFactory.getLogger(RedisFitness.class);
    private static final int MIN_MAJOR = 6;
    private static final int MIN_MINOR = 2;

    private RedisFitness() {}

    /** Refuses a server that is too old; names settings by which it may drop locks. */
    static void require(RedissonClient redisson) {
        List<Object> info;
        try {
            info = RedisScript.load("inspect")
                    .run(redisson, List.of(RedisKeys.of("").lock()), List.of())
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new BackendUnreachableException("Redis did not answer at start: " + e.getCause(), e.getCause());
        }
        String server = String.valueOf(info.get(0));
        String memory = String.valueOf(info.get(1));
        requireVersion(field(server, "redis_version"));
        String policy = field(memory, "maxmemory_policy");
        if (!"0".equals(field(memory, "maxmemory")) && !"noeviction".equals(policy)) {
            log.warn(
                    "Redis has maxmemory-policy {}: when it runs out of memory it may evict locks that are held. "
                            + "Set it to noeviction; until then only the fencing token protects writes",
                    policy);
        }
    }

    private static void requireVersion(String version) {
        Matcher parts = Pattern.compile("(\\d+)\\.(\\d+)").matcher(version);
        if (parts.lookingAt()) {
            int major = Integer.parseInt(parts.group(1));
            int minor = Integer.parseInt(parts.group(2));
            if (major > MIN_MAJOR || (major == MIN_MAJOR && minor >= MIN_MINOR)) {
                return;
            }
        }
        throw new ConfigurationException("Redis must be 6.2 or later, is '" + version + "'");
    }

    private static String field(String info, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + ":(.*?)\\r?$").matcher(info);
        return line.find() ? line.group(1).strip() : "unknown";
    }
}
