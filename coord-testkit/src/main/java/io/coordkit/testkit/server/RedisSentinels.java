package io.coordkit.testkit.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * One Redis primary with two replicas, and three sentinels that promote a replica when the primary has been silent for
 * five seconds.
 *
 * <p>Thread-safe.
 */
public final class RedisSentinels implements AutoCloseable {
    /** What the sentinels call the primary. */
    public static final String MASTER_NAME = "coordkit";

    private static final int QUORUM = 2;
    private static final Duration DOWN_AFTER = Duration.ofSeconds(5);
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final List<RedisServer> servers;
    private final List<RedisServer> sentinels;

    private RedisSentinels(List<RedisServer> servers, List<RedisServer> sentinels) {
        this.servers = List.copyOf(servers);
        this.sentinels = List.copyOf(sentinels);
    }

    /**
     * Starts six servers, and returns once the sentinels know everybody and the replicas follow.
     *
     * @throws IllegalStateException if that does not come about
     */
    public static RedisSentinels start() {
        RedisServer primary = RedisServer.start("--repl-diskless-sync-delay", "0");
        List<RedisServer> servers = new ArrayList<>(List.of(primary));
        String port = Integer.toString(primary.port());
        for (int i = 0; i < 2; i++) {
            servers.add(RedisServer.begin("--replicaof", "127.0.0.1 " + port, "--repl-diskless-sync-delay", "0"));
        }
        List<String> watch = List.of(
                "sentinel monitor " + MASTER_NAME + " 127.0.0.1 " + port + " " + QUORUM,
                "sentinel down-after-milliseconds " + MASTER_NAME + " " + DOWN_AFTER.toMillis(),
                "sentinel failover-timeout " + MASTER_NAME + " 4000",
                "sentinel parallel-syncs " + MASTER_NAME + " 2");
        List<RedisServer> sentinels = IntStream.range(0, 3)
                .mapToObj(i -> RedisServer.beginSentinel(watch))
                .toList();
        RedisSentinels all = new RedisSentinels(servers, sentinels);
        RedisServer.awaitAll(Stream.concat(servers.stream(), sentinels.stream()).toList());
        try {
            Await.until(all::isComplete, START_TIMEOUT, all + " to know each other");
            return all;
        } catch (RuntimeException e) {
            all.close();
            throw e;
        }
    }

    private boolean isComplete() {
        boolean followed = servers.stream()
                .skip(1)
                .allMatch(replica -> replica.info("master_link_status").equals("up"));
        return followed
                && sentinels.stream()
                        .allMatch(sentinel -> sentinel.info("master0").endsWith("slaves=2,sentinels=3"));
    }

    /** For example {@code redis+sentinel://127.0.0.1:12001,127.0.0.1:12002,127.0.0.1:12003/coordkit}. */
    public String uri() {
        return "redis+sentinel://"
                + sentinels.stream().map(RedisServer::address).collect(Collectors.joining(",")) + "/" + MASTER_NAME;
    }

    /** The primary by the first sentinel's account. */
    public RedisServer primary() {
        List<String> hostAndPort = sentinels
                .get(0)
                .command("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME)
                .lines()
                .toList();
        int port = Integer.parseInt(hostAndPort.get(1));
        return servers.stream()
                .filter(server -> server.port() == port)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("A stranger is the primary, on port " + port));
    }

    /** The servers that are not the {@link #primary}, dead ones included. */
    public List<RedisServer> replicas() {
        RedisServer primary = primary();
        return servers.stream().filter(server -> server != primary).toList();
    }

    /** The sentinels. */
    public List<RedisServer> sentinels() {
        return sentinels;
    }

    /** Kills all of them as {@code kill -9} does. */
    public void kill9() {
        sentinels.forEach(RedisServer::kill9);
        servers.forEach(RedisServer::kill9);
    }

    /** Starts all of them again, without the keys. */
    public void restart() {
        servers.forEach(RedisServer::restart);
        sentinels.forEach(RedisServer::restart);
        Await.until(this::isComplete, START_TIMEOUT, this + " to know each other again");
    }

    /** Ends all of them. Idempotent. */
    @Override
    public void close() {
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
    }

    @Override
    public String toString() {
        return uri();
    }
}
