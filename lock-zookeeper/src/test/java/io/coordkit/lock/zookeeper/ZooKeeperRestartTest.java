package io.coordkit.lock.zookeeper;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What kill -9, a restart and silence of the only server do to its locks. */
class ZooKeeperRestartTest {
    private static final Duration TTL = ofSeconds(3);
    private static final Duration PATIENCE = ofSeconds(60);

    private ZooKeeperServer server;
    private LockClient client;

    @BeforeEach
    void start() {
        server = ZooKeeperServer.start();
        client = connect();
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private LockClient connect() {
        return ZooKeeperLocks.connect(
                "zk://" + server.address(), LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE);
    }

    @Test
    void tokensNeverGoBackWhenTheServerRestartsWithItsData() throws Exception {
        long before = 0;
        for (int restart = 0; restart < 2; restart++) {
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
    void aWaiterGetsInAfterARestart() throws Exception {
        try (LockClient other = connect()) {
            Hold held = client.mutex("sku").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = other.mutex("sku").acquireAsync(PATIENCE);
            assertThat(other.mutex("sku").tryAcquire(ofMillis(200))).isEmpty();
            server.kill9();
            server.restart();
            held.close();
            try (Hold next = waiting.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                assertThat(next.token()).isGreaterThan(held.token());
            }
        }
    }

    @Test
    void aHoldThatTheServerForgotIsReportedLost() throws Exception {
        Hold held = client.mutex("sku").acquire(PATIENCE);
        CountDownLatch lost = new CountDownLatch(1);
        held.onLost(lost::countDown);
        server.restartEmpty();
        assertThat(lost.await(TTL.toMillis() * 5, TimeUnit.MILLISECONDS)).isTrue();
        assertThat(held.isHeld()).isFalse();
        client.mutex("sku").acquire(PATIENCE).close();
    }

    @Test
    void aDeadServerIsUnreachableAndItsHoldsEndWithTheirDeadline() throws Exception {
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

    @Test
    void aSilentServersHoldsAreLostWithinTheTtl() throws Exception {
        Hold held = client.mutex("sku").acquire(PATIENCE);
        CompletableFuture<Long> lostAt = new CompletableFuture<>();
        held.onLost(() -> lostAt.complete(System.nanoTime()));
        long silentSince = System.nanoTime();
        server.pause();
        Duration took = ofNanos(lostAt.get(TTL.toMillis() * 5, TimeUnit.MILLISECONDS) - silentSince);
        server.resume();
        System.out.println("lost " + took.toMillis() + " ms after the server fell silent, TTL " + TTL);
        assertThat(held.remaining()).isZero();
        client.mutex("sku").acquire(PATIENCE).close();
    }

    @Test
    void aClientClosesThoughItsServerIsDeadOrSilent() throws Exception {
        for (boolean dead : new boolean[] {false, true}) {
            LockClient closing = connect();
            Hold held = closing.mutex("sku" + dead).acquire(PATIENCE);
            if (dead) {
                server.kill9();
            } else {
                server.pause();
            }
            long start = System.nanoTime();
            closing.close();
            Duration took = ofNanos(System.nanoTime() - start);
            System.out.println("closed in " + took.toMillis() + " ms, TTL " + TTL);
            assertThat(took).isLessThan(TTL.multipliedBy(10));
            assertThat(held.isHeld()).isFalse();
            if (dead) {
                server.restart();
            } else {
                server.resume();
            }
            client.mutex("sku" + dead).acquire(PATIENCE).close();
        }
    }
}
