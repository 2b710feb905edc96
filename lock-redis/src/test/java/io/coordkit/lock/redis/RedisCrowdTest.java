package io.coordkit.lock.redis;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.RedisServer;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Thousands of locks at once: what they cost, and what they leave. */
class RedisCrowdTest {
    private static final Duration PATIENCE = ofMinutes(2);
    private static final int BUCKETS = 256;
    private static final int AT_ONCE = 200;
    private static final int FEW = 500;
    private static final int MANY = Integer.getInteger("coordkit.redis.holds", 5_000);
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void manyHoldsShareThreadsAndConnectionsAndLeaveInAFewCalls() throws Exception {
        long before;
        long start;
        try (LockClient client = RedisLocks.connect(server.uri())) {
            hold(client, 0, FEW);
            int threads = threads();
            hold(client, FEW, MANY);
            assertThat(server.command("DBSIZE")).isEqualTo(Integer.toString(MANY + BUCKETS));
            assertThat(threads())
                    .as("threads; %d with %d holds, and pools may not have been full yet", threads, FEW)
                    .isLessThan(threads + AT_ONCE);
            assertThat(connections()).as("16 for calls, 1 for wake-ups, 1 asks").isLessThanOrEqualTo(18);
            System.out.println("Crowd: " + MANY + " holds with " + threads() + " threads in this JVM (" + threads
                    + " at " + FEW + " holds) and " + connections() + " connections");
            before = calls();
            start = System.nanoTime();
        }
        long took = (System.nanoTime() - start) / 1_000_000;
        long calls = calls() - before;
        System.out.println("Crowd: closed " + MANY + " holds in " + took + " ms with " + calls + " calls");
        awaitOnlyHighWaterMarks(); // a client closes after five seconds; what it could not release by then expires
    }

    @Test
    void deadLocksAndDeadWaitersLeaveOnlyHighWaterMarks() throws Exception {
        Duration ttl = ofSeconds(2);
        RedisLockBackend crashing = RedisConnection.open(RedisAddress.parse(server.uri()), Settings.NONE, false);
        for (int i = 0; i < 3_000; i += AT_ONCE) {
            List<CompletableFuture<?>> asked = new ArrayList<>();
            for (int j = i; j < i + AT_ONCE; j++) {
                Candidacy holder = crashing.stand("abandoned:" + j, ttl, () -> {});
                Candidacy waiter = crashing.stand("abandoned:" + j, ttl, () -> {});
                asked.add(holder.request()
                        .thenCompose(granted -> waiter.request())
                        .toCompletableFuture());
            }
            all(asked);
        }
        crashing.close();
        awaitOnlyHighWaterMarks();
    }

    private static void awaitOnlyHighWaterMarks() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (Integer.parseInt(server.command("DBSIZE")) > BUCKETS) {
            TooLate.check(deadline, "when keys are left");
            LockSupport.parkNanos(50_000_000);
        }
        assertThat(keys()).isNotEmpty().allMatch(key -> key.endsWith("}:h"));
    }

    private static void hold(LockClient client, int from, int to) throws Exception {
        for (int i = from; i < to; i += AT_ONCE) {
            List<CompletableFuture<?>> asked = new ArrayList<>();
            for (int j = i; j < Math.min(to, i + AT_ONCE); j++) {
                CompletableFuture<Hold> holding = client.mutex("crowd:" + j).acquireAsync(PATIENCE);
                asked.add(holding);
            }
            all(asked);
        }
    }

    private static void all(List<CompletableFuture<?>> asked) throws Exception {
        CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new)).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long connections() {
        return server.command("CLIENT", "LIST")
                .lines()
                .filter(line -> !line.isBlank())
                .count();
    }

    /** How many scripts it has been asked to run. */
    private static long calls() {
        String calls = server.info("cmdstat_evalsha");
        return Long.parseLong(calls.replaceFirst("^calls=(\\d+),.*", "$1"));
    }

    private static List<String> keys() {
        return server.command("KEYS", "*").lines().toList();
    }
}
