package io.coordkit.lock.redlock;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.redisson.Redisson;
import org.redisson.api.RScript;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Independent Redis servers, to be hurt. Not thread-safe. */
final class TestNodes implements AutoCloseable {
    private final List<RedisServer> servers = new ArrayList<>();
    private final List<RedissonClient> admins = new ArrayList<>();
    private final List<String> processIds = new ArrayList<>();
    private final List<Integer> silent = new ArrayList<>();
    private final RedlockOptions options;

    private TestNodes(RedlockOptions options) {
        this.options = options;
    }

    /** New servers, which do not vote before the max TTL has passed. */
    static TestNodes start(int count, RedlockOptions options) {
        return start(count, options, node -> List.of());
    }

    /** As above, with command-line options for each server by its number. */
    static TestNodes start(int count, RedlockOptions options, IntFunction<List<String>> serverOptions) {
        TestNodes nodes = new TestNodes(options);
        for (int i = 0; i < count; i++) {
            RedisServer server = server(serverOptions.apply(i).toArray(String[]::new));
            nodes.servers.add(server);
            nodes.admins.add(client(server));
            nodes.processIds.add(nodes.info(i, "process_id"));
        }
        return nodes;
    }

    /** A new server. */
    static RedisServer server(String... options) {
        return alone(() -> RedisServer.start(options));
    }

    /**
     * Starts processes one at a time: each server is started from a copy of its program made just before, which cannot
     * be while another process is being forked.
     */
    private static synchronized <T> T alone(Supplier<T> launch) {
        return launch.get();
    }

    /** New servers that need not wait: they have never voted, so there is nothing that they could have forgotten. */
    static TestNodes startReady(int count, RedlockOptions options) {
        TestNodes nodes = start(count, options);
        for (int i = 0; i < count; i++) {
            nodes.declareReady(i);
        }
        return nodes;
    }

    /** Has the node believe that it has waited. */
    void declareReady(int node) {
        var marker = admins.get(node).<String, String>getMap(RedlockKeys.MARKER, StringCodec.INSTANCE);
        marker.put("run", info(node, "run_id"));
        marker.put("since", "0");
        marker.put("max-ttl", Long.toString(options.maxTtl().toMillis()));
        marker.put("nodes", Integer.toString(servers.size()));
    }

    private String info(int node, String field) {
        String info = admins.get(node)
                .getScript(StringCodec.INSTANCE)
                .eval(RScript.Mode.READ_ONLY, "return redis.call('INFO', 'server')", RScript.ReturnType.VALUE);
        Matcher value = Pattern.compile(field + ":(\\w+)").matcher(info);
        assertThat(value.find()).isTrue();
        return value.group(1);
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

    List<String> uris() {
        return servers.stream().map(RedisServer::uri).toList();
    }

    RedisServer server(int node) {
        return servers.get(node);
    }

    RedissonClient admin(int node) {
        return admins.get(node);
    }

    RedlockOptions options() {
        return options;
    }

    RedlockLockBackend openBackend() {
        return RedlockConnection.open(
                uris().stream().map(RedlockAddress::ofNode).toList(), options);
    }

    /** A client whose locks have the longest TTL. */
    LockClient openClient() {
        return RedlockLocks.connect(
                uris(), options, LockOptions.DEFAULTS.withTtl(options.maxTtl()), CoordObserver.NONE);
    }

    /** Kills the node and starts it again, empty unless its options keep data. */
    void restart(int node) {
        servers.get(node).kill9();
        alone(() -> {
            servers.get(node).restart();
            return servers.get(node);
        });
        processIds.set(node, info(node, "process_id"));
    }

    /** Kills all nodes. */
    void stopAll() {
        servers.forEach(RedisServer::kill9);
    }

    /** Starts them again, empty unless their options keep data. */
    void startAll() {
        servers.forEach(server -> alone(() -> {
            server.restart();
            return server;
        }));
    }

    /** Which candidate the node has voted for at which value; null if the lock is free there. */
    @Nullable
    String voteOf(int node, String name) {
        return admins.get(node)
                .<String>getBucket(RedlockKeys.of(name).lock(), StringCodec.INSTANCE)
                .get();
    }

    /** Waits for what must come. */
    static void await(String what, Duration patience, BooleanSupplier condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - deadline).as(what).isNegative();
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Kills the node for good. */
    void kill(int node) {
        silent.add(node);
        servers.get(node).kill9();
    }

    /** Stops the node in its tracks (SIGSTOP): its connections stay open, and nothing answers. */
    void pause(int node) {
        silent.add(node);
        signal("STOP", node);
    }

    /** Lets a paused node go on (SIGCONT). */
    void resume(int node) {
        signal("CONT", node);
        silent.remove(Integer.valueOf(node));
    }

    private void signal(String name, int node) {
        Process kill = alone(() -> {
            try {
                return new ProcessBuilder("kill", "-" + name, processIds.get(node)).start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            assertThat(kill.waitFor(10, TimeUnit.SECONDS) && kill.exitValue() == 0)
                    .as("kill -%s", name)
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Removes the lock from all nodes that answer. */
    void loseLock(String name) {
        for (int i = 0; i < servers.size(); i++) {
            if (!silent.contains(i)) {
                admins.get(i)
                        .getBucket(RedlockKeys.of(name).lock(), StringCodec.INSTANCE)
                        .delete();
            }
        }
    }

    /** How long a node has to wait before it votes, by the options. */
    Duration delay() {
        return options.maxTtl().plus(options.maxTtl().dividedBy(100)).plusMillis(2);
    }

    @Override
    public void close() {
        for (int i = 0; i < servers.size(); i++) {
            servers.get(i).close();
            admins.get(i).shutdown();
        }
    }
}
