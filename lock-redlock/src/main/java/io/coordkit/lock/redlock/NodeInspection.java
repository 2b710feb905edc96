package io.coordkit.lock.redlock;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.redisson.api.RedissonClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a server may be a node, and one of these nodes. Thread-safe. */
final class NodeInspection {
    private static final Logger log = LoggerFactory.getLogger(NodeInspection.class);
    private static final int MIN_MAJOR = 6;
    private static final int MIN_MINOR = 2;
    private static final int OF_FITNESS = 3;

    private final NodeScript inspect;
    private final List<String> rules;
    private final Duration limit;
    private final Map<String, String> nodeByRun = new ConcurrentHashMap<>();

    NodeInspection(NodeScript inspect, List<String> rules, Duration limit) {
        this.inspect = inspect;
        this.rules = rules;
        this.limit = limit;
    }

    /**
     * Blocks until the server has answered. If it has to wait before it votes, it waits from now on.
     *
     * @throws ConfigurationException naming what must be changed before this server can be a node
     * @throws BackendUnreachableException if it does not answer
     */
    void require(String node, RedissonClient redisson) {
        if (!redisson.getConfig().isSingleConfig()) {
            throw new ConfigurationException("Redlock node " + node + " must be a single server: a replica that takes"
                    + " over would vote without knowing its predecessor's votes");
        }
        if (!redisson.getTopic(RedlockKeys.CHANNEL_PREFIX)
                .getChannelNames()
                .equals(List.of(RedlockKeys.CHANNEL_PREFIX))) {
            throw new ConfigurationException("Redlock node " + node + " must be reached without a NameMapper");
        }
        List<Object> report;
        try {
            report = inspect.run(redisson, List.of(RedlockKeys.MARKER), rules)
                    .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                    .join();
        } catch (CompletionException e) {
            throw new BackendUnreachableException(RedlockNode.describe(e), e.getCause());
        }
        requireServer(node, String.valueOf(report.get(0)), String.valueOf(report.get(2)));
        requireMemory(node, String.valueOf(report.get(1)));
        if (report.size() > OF_FITNESS) {
            List<Object> refused = report.subList(OF_FITNESS, report.size());
            String refusal = NodeAnswer.refusal(refused);
            if (NodeAnswer.code(refused) != 3) {
                throw new ConfigurationException("Redlock node " + node + " refuses this client: " + refusal
                        + ", the client for " + rules.get(1) + " nodes with a max TTL of "
                        + Duration.ofMillis(Long.parseLong(rules.get(0)))
                        + ". All clients of a node must agree; to change it, close them all and delete the key "
                        + RedlockKeys.MARKER + " on every node");
            }
            log.info("Redlock node {}: {}", node, refusal);
        }
    }

    private void requireServer(String node, String server, String replication) {
        String version = field(server, "redis_version");
        Matcher parts = Pattern.compile("(\\d+)\\.(\\d+)").matcher(version);
        int major = parts.lookingAt() ? Integer.parseInt(parts.group(1)) : 0;
        if (major < MIN_MAJOR || (major == MIN_MAJOR && Integer.parseInt(parts.group(2)) < MIN_MINOR)) {
            throw new ConfigurationException(
                    "Redlock node " + node + " must be Redis 6.2 or later, is '" + version + "'");
        }
        String role = field(replication, "role");
        if (!role.equals("master")) {
            throw new ConfigurationException(
                    "Redlock node " + node + " must be independent, but its role is '" + role + "'");
        }
        String known = nodeByRun.putIfAbsent(field(server, "run_id"), node);
        if (known != null && !known.equals(node)) {
            throw new ConfigurationException("Redlock nodes " + known + " and " + node
                    + " are the same server: it would vote twice. Name each server once");
        }
    }

    private static void requireMemory(String node, String memory) {
        String policy = field(memory, "maxmemory_policy");
        if (!"0".equals(field(memory, "maxmemory")) && !"noeviction".equals(policy)) {
            throw new ConfigurationException("Redlock node " + node + " has maxmemory-policy " + policy
                    + ": short of memory it may forget votes. Set it to noeviction");
        }
    }

    private static String field(String info, String name) {
        Matcher line = Pattern.compile("(?m)^" + name + ":(.*?)\\r?$").matcher(info);
        return line.find() ? line.group(1).strip() : "unknown";
    }
}
