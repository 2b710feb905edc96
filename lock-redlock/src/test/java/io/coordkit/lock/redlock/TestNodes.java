package io.coordkit.lock.redlock;

import io.coordkit.config.TlsSettings;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.Patiently;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Independent Redis servers, to be hurt. Not thread-safe. */
final class TestNodes implements AutoCloseable {
    /** The keys of locks and queues; the high-water marks and those of the nodes stay. */
    static final String LOCKS_AND_QUEUES = "ckr:*:[lq]:*";

    private final List<RedisServer> servers;
    private final Set<RedisServer> silent = new HashSet<>();
    private final RedlockOptions options;

    private TestNodes(List<RedisServer> servers, RedlockOptions options) {
        this.servers = List.copyOf(servers);
        this.options = options;
    }

    /** These servers, which do not vote before the max TTL has passed. */
    static TestNodes of(List<RedisServer> servers, RedlockOptions options) {
        return new TestNodes(servers, options);
    }

    /** New servers, which do not vote before the max TTL has passed. */
    static TestNodes start(int count, RedlockOptions options) {
        return of(RedisServer.startSeveral(count), options);
    }

    /** New servers that need not wait: they have never voted, so there is nothing that they could have forgotten. */
    static TestNodes startReady(int count, RedlockOptions options) {
        return start(count, options).declareReady();
    }

    /** Has all nodes believe that they have waited. */
    TestNodes declareReady() {
        for (int i = 0; i < servers.size(); i++) {
            declareReady(i);
        }
        return this;
    }

    /** Has the node believe that it has waited. */
    void declareReady(int node) {
        RedisServer server = servers.get(node);
        server.command(
                "HSET",
                RedlockKeys.MARKER,
                "run",
                server.info("run_id"),
                "since",
                "0",
                "max-ttl",
                Long.toString(options.maxTtl().toMillis()),
                "nodes",
                Integer.toString(servers.size()));
    }

    static RedissonClient client(RedisServer server) {
        Config config = new Config();
        config.setThreads(2).setNettyThreads(2);
        config.useSingleServer()
                .setAddress(server.uri())
                .setConnectionMinimumIdleSize(1)
                .setConnectionPoolSize(4)
                .setSubscriptionConnectionMinimumIdleSize(0);
        return Redisson.create(config);
    }

    /** The base line of a class that tests locks on nodes, of which those that are down or hang are not asked. */
    static BaseLine baseLine(Supplier<TestNodes> nodes) {
        return RedisResidue.baseLine(() -> nodes.get().answering(), LOCKS_AND_QUEUES);
    }

    /** Those that are neither killed for good nor paused. */
    List<RedisServer> answering() {
        return servers.stream().filter(server -> !silent.contains(server)).toList();
    }

    List<String> uris() {
        return servers.stream().map(RedisServer::uri).toList();
    }

    RedisServer server(int node) {
        return servers.get(node);
    }

    RedlockOptions options() {
        return options;
    }

    /** As {@link io.coordkit.lock.Locks#open(String)} wants it. */
    String uri() {
        return "redlock://" + servers.stream().map(RedisServer::address).collect(Collectors.joining(","));
    }

    RedlockLockBackend openBackend() {
        return RedlockConnection.open(
                uris().stream().map(RedlockAddress::ofNode).toList(), options, TlsSettings.NONE);
    }

    /** The same, tried again for a minute: on a busy machine all nodes may be late. */
    RedlockLockBackend openBackendPatiently() {
        return Patiently.open(this::openBackend);
    }

    /** A client whose locks have the longest TTL, opened as patiently. */
    LockClient openClient() {
        return Patiently.open(() -> RedlockLocks.connect(
                uris(), options, LockOptions.DEFAULTS.withTtl(options.maxTtl()), CoordObserver.NONE));
    }

    /** Kills all nodes. */
    void stopAll() {
        servers.forEach(RedisServer::kill9);
    }

    /** Starts them again, empty unless their options keep data. */
    void startAll() {
        servers.forEach(RedisServer::restart);
    }

    /** Which candidate the node has voted for at which value; null if the lock is free there. */
    @Nullable
    String voteOf(int node, String name) {
        String vote = servers.get(node).command("GET", RedlockKeys.of(name).lock());
        return vote.isEmpty() ? null : vote;
    }

    /** Waits for what must come. */
    static void await(String what, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(deadline, what);
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Kills the node for good. */
    void kill(int node) {
        silent.add(servers.get(node));
        servers.get(node).kill9();
    }

    /** Stops the node in its tracks (SIGSTOP): its connections stay open, and nothing answers. */
    void pause(int node) {
        silent.add(servers.get(node));
        servers.get(node).pause();
    }

    /** Lets a paused node go on (SIGCONT). */
    void resume(int node) {
        servers.get(node).resume();
        silent.remove(servers.get(node));
    }

    /** Removes the lock from all nodes that answer. */
    void loseLock(String name) {
        answering().forEach(server -> server.command("DEL", RedlockKeys.of(name).lock()));
    }

    /** How long a node has to wait before it votes, by the options. */
    Duration delay() {
        return options.maxTtl().plus(options.maxTtl().dividedBy(100)).plusMillis(2);
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }
}
