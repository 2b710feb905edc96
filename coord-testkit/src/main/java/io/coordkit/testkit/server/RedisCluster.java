package io.coordkit.testkit.server;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A Redis Cluster of three masters that share the slots, each with a replica.
 *
 * <p>Thread-safe.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int MASTERS = 3;
    private static final int SLOTS = 16_384;
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final List<RedisServer> servers;

    private RedisCluster(List<RedisServer> servers) {
        this.servers = List.copyOf(servers);
    }

    /**
     * Starts six servers, and returns once all agree that the cluster is well and the replicas follow.
     *
     * @param options further command-line options of each, for example {@code "--cluster-node-timeout", "60000"}, after
     *     which a silent master is replaced; 15 s else
     * @throws IllegalStateException if that does not come about
     */
    public static RedisCluster start(String... options) {
        return start(null, options);
    }

    /** As {@link #start}, but the servers talk to each other and to clients by TLS, as {@link RedisServer#startTls}. */
    public static RedisCluster startTls(TestCertificates certificates) {
        return start(certificates, "--tls-cluster", "yes", "--tls-replication", "yes");
    }

    private static RedisCluster start(@Nullable TestCertificates certificates, String... options) {
        List<String> all = new ArrayList<>(List.of("--cluster-enabled", "yes", "--repl-diskless-sync-delay", "0"));
        all.addAll(List.of(options));
        RedisCluster cluster =
                new RedisCluster(RedisServer.startSeveral(2 * MASTERS, certificates, all.toArray(String[]::new)));
        try {
            cluster.form();
            return cluster;
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void form() {
        RedisServer first = servers.get(0);
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).command("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            first.command(
                    "CLUSTER",
                    "MEET",
                    "127.0.0.1",
                    Integer.toString(servers.get(i).peerPort()));
        }
        for (int i = 0; i < MASTERS; i++) {
            String from = Integer.toString(i * SLOTS / MASTERS);
            String to = Integer.toString((i + 1) * SLOTS / MASTERS - 1);
            servers.get(i).command("CLUSTER", "ADDSLOTSRANGE", from, to);
        }
        Await.until(() -> all("cluster_known_nodes", "6"), START_TIMEOUT, this + " to meet");
        for (int i = MASTERS; i < servers.size(); i++) {
            servers.get(i).command("CLUSTER", "REPLICATE", id(servers.get(i - MASTERS)));
        }
        Await.until(this::isWell, START_TIMEOUT, this + " to be well");
    }

    private static String id(RedisServer server) {
        return server.command("CLUSTER", "MYID");
    }

    private boolean all(String field, String value) {
        return servers.stream()
                .allMatch(server -> RedisServer.field(server.command("CLUSTER", "INFO"), field)
                        .equals(value));
    }

    private boolean isWell() {
        return all("cluster_state", "ok")
                && servers.stream().skip(MASTERS).allMatch(RedisCluster::isFollowing)
                && servers.stream().allMatch(this::knowsTheReplicas);
    }

    private static boolean isFollowing(RedisServer replica) {
        return replica.info("master_link_status").equals("up");
    }

    private boolean knowsTheReplicas(RedisServer server) {
        long known = server.command("CLUSTER", "NODES")
                .lines()
                .filter(line -> line.contains("slave "))
                .count();
        return known == servers.size() - MASTERS;
    }

    /** For example {@code redis+cluster://127.0.0.1:12001,127.0.0.1:12002}, with all of its servers. */
    public String uri() {
        return (servers.get(0).hasTls() ? "rediss+cluster://" : "redis+cluster://")
                + servers.stream().map(RedisServer::peerAddress).collect(Collectors.joining(","));
    }

    /** All six of them. */
    public List<RedisServer> servers() {
        return servers;
    }

    /** The three that began as masters. */
    public List<RedisServer> masters() {
        return servers.subList(0, MASTERS);
    }

    /** The one of the {@link #masters} that began with the slot of that key. */
    public RedisServer masterOf(String key) {
        int slot = Integer.parseInt(servers.get(0).command("CLUSTER", "KEYSLOT", key));
        int master = 0;
        while ((master + 1) * SLOTS / MASTERS <= slot) {
            master++;
        }
        return servers.get(master);
    }

    /** Kills all of them as {@code kill -9} does. */
    public void kill9() {
        servers.forEach(RedisServer::kill9);
    }

    /** Starts all of them again as the cluster they were, without the keys. */
    public void restart() {
        servers.forEach(RedisServer::restart);
        Await.until(() -> all("cluster_state", "ok"), START_TIMEOUT, this + " to be well again");
    }

    /** Ends all of them. Idempotent. */
    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }

    @Override
    public String toString() {
        return uri();
    }
}
