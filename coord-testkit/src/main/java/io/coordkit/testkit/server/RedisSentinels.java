package io.coordkit.testkit.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
        return start(null);
    }

    /** As {@link #start}, but all talk to each other and to clients by TLS, as {@link RedisServer#startTls}. */
    public static RedisSentinels startTls(TestCertificates certificates) {
        return start(certificates);
    }

    private static RedisSentinels start(@Nullable TestCertificates certificates) {
        String byTls = certificates == null ? "no" : "yes";
        String[] common = {"--repl-diskless-sync-delay", "0", "--tls-replication", byTls};
        RedisServer primary = RedisServer.begin(certificates, common);
        List<RedisServer> servers = new ArrayList<>(List.of(primary));
        RedisServer.awaitAll(servers);
        int port = primary.peerPort();
        for (int i = 0; i < 2; i++) {
            servers.add(RedisServer.begin(
                    certificates,
                    Stream.concat(Stream.of("--replicaof", "127.0.0.1 " + port), Stream.of(common))
                            .toArray(String[]::new)));
        }
        List<String> watch = List.of(
                "tls-replication " + byTls,
                "sentinel monitor " + MASTER_NAME + " 127.0.0.1 " + port + " " + QUORUM,
                "sentinel down-after-milliseconds " + MASTER_NAME + " " + DOWN_AFTER.toMillis(),
                "sentinel failover-timeout " + MASTER_NAME + " 4000",
                "sentinel parallel-syncs " + MASTER_NAME + " 2");
        List<RedisServer> sentinels = IntStream.range(0, 3)
                .mapToObj(i -> RedisServer.beginSentinel(certificates, watch))
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
        return (sentinels.get(0).hasTls() ? "rediss+sentinel://" : "redis+sentinel://")
                + sentinels.stream().map(RedisServer::peerAddress).collect(Collectors.joining(",")) + "/"
                + MASTER_NAME;
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
                .filter(server -> server.peerPort() == port)
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
