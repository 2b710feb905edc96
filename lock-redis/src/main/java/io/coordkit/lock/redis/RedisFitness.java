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
    private static final String UNKNOWN = "unknown";
    private static final int MIN_MAJOR = 6;
    private static final int MIN_MINOR = 2;

    private RedisFitness() {}

    /** Refuses a server that is too old, or may evict locks unless that is allowed; asks each primary. */
    static void require(RedissonClient redisson, boolean evictionAllowed) {
        List<Object> answers;
        try {
            answers = RedisScript.load("inspect")
                    .runOnAll(redisson)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw new BackendUnreachableException(
                    "Redis did not answer at start: " + RedisConnection.reason(e), e.getCause());
        }
        answers.stream().map(String::valueOf).distinct().forEach(info -> require(info, evictionAllowed));
    }

    private static void require(String info, boolean evictionAllowed) {
        String version = field(info, "redis_version");
        String maxMemory = field(info, "maxmemory");
        String policy = field(info, "maxmemory_policy");
        if (List.of(version, maxMemory, policy).contains(UNKNOWN)) {
            log.warn(
                    "Redis does not let this user see its INFO, so it is not checked whether it is 6.2 or later and has"
                            + " maxmemory-policy noeviction");
        }
        if (!version.equals(UNKNOWN)) {
            requireVersion(version);
        }
        if (List.of("0", UNKNOWN).contains(maxMemory)
                || List.of("noeviction", UNKNOWN).contains(policy)) {
            return;
        }
        String danger = "Redis has maxmemory-policy " + policy + " and maxmemory " + maxMemory
                + ": when its memory is full it evicts locks that are held. Set the policy to noeviction";
        if (!evictionAllowed) {
            throw new ConfigurationException(
                    danger + ", or accept that only the fencing token protects writes then by eviction-allowed=true");
        }
        log.warn("{}; until then only the fencing token protects writes", danger);
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
        return line.find() ? line.group(1).strip() : UNKNOWN;
    }
}
