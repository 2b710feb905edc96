package io.coordkit.lock.redis;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What kill -9 of a Redis without persistence does to its locks. */
class RedisRestartTest {
    private static final Duration TTL = ofSeconds(2);
    private static final Duration PATIENCE = ofSeconds(30);

    private RedisServer server;
    private LockClient client;

    @BeforeEach
    void start() {
        server = RedisServer.start();
        client = RedisLocks.connect(server.uri(), LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    @Test
    void tokensNeverGoBackWhenRedisRestartsEmpty() throws Exception {
        long before = 0;
        for (int restart = 0; restart < 3; restart++) {
            for (int i = 0; i < 50; i++) {
                try (Hold hold = client.mutex("sku").acquire(PATIENCE)) {
                    assertThat(hold.token()).isGreaterThan(before);
                    before = hold.token();
                }
            }
            server.kill9();
            server.restart();
        }
        try (Hold hold = client.mutex("sku").acquire(PATIENCE)) {
            assertThat(hold.token()).isGreaterThan(before);
        }
    }

    @Test
    void aHoldThatRedisForgotIsReportedLost() throws Exception {
        Hold held = client.mutex("sku").acquire(PATIENCE);
        CountDownLatch lost = new CountDownLatch(1);
        held.onLost(lost::countDown);
        server.kill9();
        server.restart();
        assertThat(lost.await(TTL.toMillis() * 5, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(held.isHeld()).isFalse();
        try (Hold next = client.mutex("sku").acquire(PATIENCE)) {
            assertThat(next.token()).isGreaterThan(held.token());
        }
    }

    @Test
    void aWaiterGetsInAfterARestart() throws Exception {
        try (LockClient other =
                RedisLocks.connect(server.uri(), LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE)) {
            Hold held = client.mutex("sku").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = other.mutex("sku").acquireAsync(PATIENCE);
            assertThat(other.mutex("sku").tryAcquire(ofMillis(200))).isEmpty();
            server.kill9();
            server.restart();
            try (Hold next = waiting.get(TTL.toMillis() * 10, TimeUnit.MILLISECONDS)) {
                assertThat(next.token()).isGreaterThan(held.token());
            }
        }
    }

    @Test
    void aDeadRedisIsUnreachableAndItsHoldsEndWithTheirDeadline() throws Exception {
        Hold held = client.mutex("sku").acquire(PATIENCE);
        CompletableFuture<Long> lostAt = new CompletableFuture<>();
        held.onLost(() -> lostAt.complete(System.nanoTime()));
        long deadline = System.nanoTime() + held.remaining().toNanos();
        server.kill9();
        assertThatThrownBy(() -> client.mutex("other").tryAcquire())
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining("other");
        Duration early = Duration.ofNanos(deadline - lostAt.get(TTL.toMillis() * 5, TimeUnit.MILLISECONDS));
        assertThat(early).as("how long before its deadline it was lost").isLessThan(Duration.ofMillis(1));
        server.restart();
        client.mutex("other").acquire(PATIENCE).close();
    }
}
