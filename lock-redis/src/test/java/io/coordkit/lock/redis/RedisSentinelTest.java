package io.coordkit.lock.redis;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.RedisSentinels;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** A primary dies by kill -9 and the sentinels promote a replica. */
class RedisSentinelTest {
    private static final Duration LONG_TTL = ofSeconds(59); // longer than any failover
    private static final Duration RENEWED = LONG_TTL.minusSeconds(8); // a renewal comes every third of it
    private static final Duration SHORT_TTL = ofSeconds(2); // shorter
    private static final Duration PATIENCE = ofMinutes(2);

    @Test
    void afterAFailoverHoldsAreKeptOrReportedLostAndWaitersGetIn() throws Exception {
        try (Servers own = Servers.own();
                LockClient patient = connect(own, LONG_TTL);
                LockClient hasty = connect(own, SHORT_TTL);
                LockClient others = connect(own, SHORT_TTL)) {
            RedisSentinels redis = own.redisSentinels();
            RedisServer first = redis.primary();
            List<RedisServer> replicas = redis.replicas();

            Hold kept = patient.mutex("kept").acquire(PATIENCE);
            Hold expiring = hasty.mutex("expiring").acquire(PATIENCE);
            CountDownLatch expired = new CountDownLatch(1);
            expiring.onLost(expired::countDown);
            CompletableFuture<Hold> waiting = others.mutex("expiring").acquireAsync(PATIENCE);
            assertThat(others.mutex("expiring").tryAcquire(ofMillis(500))).isEmpty();
            await("the replicas have it", () -> replicas.stream().allMatch(replica -> has(replica, "kept")));

            replicas.forEach(RedisServer::pause);
            first.command("CLIENT", "KILL", "TYPE", "replica"); // else it waits for them in their sockets
            Hold vanishing = patient.mutex("vanishing").acquire(PATIENCE);
            CountDownLatch vanished = new CountDownLatch(1);
            vanishing.onLost(vanished::countDown);
            long killedAt = System.nanoTime();
            first.kill9();
            replicas.forEach(RedisServer::resume);

            assertThat(expired.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("the holder whose TTL was shorter than the failover is told")
                    .isTrue();
            try (Hold next = waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                System.out.println("Sentinel failover: the waiter was in " + (System.nanoTime() - killedAt) / 1_000_000
                        + " ms after kill -9");
                assertThat(next.token()).isGreaterThan(expiring.token());
            }
            assertThat(redis.primary()).isNotSameAs(first);
            try (Hold again = others.mutex("vanishing").acquire(PATIENCE)) {
                assertThat(again.token()).isGreaterThan(vanishing.token());
                assertThat(vanished.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("the holder whose lock no replica had is told")
                        .isTrue();
            }
            await(
                    "the time of the lock that the replica had runs down",
                    () -> kept.remaining().compareTo(RENEWED) < 0);
            await(
                    "the lock that the replica had is renewed there",
                    () -> kept.remaining().compareTo(RENEWED) > 0);
            kept.check();
            assertThat(others.mutex("kept").tryAcquire()).isEmpty();
        }
    }

    @Test
    void theCallersRedissonFindsThePrimaryToo() throws Exception {
        Config config = new Config();
        config.useSentinelServers()
                .setMasterName(RedisSentinels.MASTER_NAME)
                .setSentinelAddresses(Servers.shared().redisSentinels().sentinels().stream()
                        .map(RedisServer::uri)
                        .toList());
        RedissonClient redisson = Redisson.create(config);
        try (LockClient mine = RedisLocks.using(redisson);
                LockClient other = RedisLocks.using(redisson)) {
            Hold held = mine.mutex("using").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = other.mutex("using").acquireAsync(PATIENCE);
            assertThat(other.mutex("using").tryAcquire(ofMillis(500))).isEmpty();
            held.close();
            waiting.get(8, TimeUnit.SECONDS).close(); // polling would take ten
        } finally {
            redisson.shutdown();
        }
    }

    private static boolean has(RedisServer server, String name) {
        return server.command("EXISTS", RedisKeys.of(name).lock()).equals("1");
    }

    private static LockClient connect(Servers servers, Duration ttl) {
        return RedisLocks.connect(
                servers.redisSentinels().uri(), LockOptions.DEFAULTS.withTtl(ttl), CoordObserver.NONE);
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(deadline, what);
            LockSupport.parkNanos(20_000_000);
        }
    }
}
