package io.coordkit.lock.etcd;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.EtcdServer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What kill -9 of a lone etcd, with and without its data, and its silence do to its locks. */
class EtcdRestartTest {
    private static final Duration TTL = ofSeconds(3);
    private static final Duration PATIENCE = ofSeconds(40);

    private EtcdServer server;
    private LockClient client;

    @BeforeEach
    void start() {
        server = EtcdServer.start();
        client = connect(TTL);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    private LockClient connect(Duration ttl) {
        return EtcdLocks.connect("etcd://" + server.address(), LockOptions.DEFAULTS.withTtl(ttl), CoordObserver.NONE);
    }

    @Test
    void tokensNeverGoBackWhenEtcdIsKilledAndKeepsItsData() throws Exception {
        long before = 0;
        for (int restart = 0; restart < 3; restart++) {
            for (int i = 0; i < 20; i++) {
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
    void aHoldOutlivesAShortRestart() throws Exception {
        try (LockClient patient = connect(ofSeconds(60));
                LockClient other = connect(ofSeconds(60))) {
            Hold held = patient.mutex("sku").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = other.mutex("sku").acquireAsync(PATIENCE);
            assertThat(other.mutex("sku").tryAcquire(ofSeconds(1))).isEmpty();
            server.kill9();
            server.restart();
            held.check();
            assertThat(waiting).isNotDone();
            held.close();
            try (Hold next = waiting.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                assertThat(next.token()).isGreaterThan(held.token());
            }
        }
    }

    @Test
    void aHoldThatEtcdForgotIsReportedLostAndAWaiterGetsIn() throws Exception {
        try (LockClient other = connect(TTL)) {
            Hold held = client.mutex("sku").acquire(PATIENCE);
            CountDownLatch lost = new CountDownLatch(1);
            held.onLost(lost::countDown);
            CompletableFuture<Hold> waiting = other.mutex("sku").acquireAsync(PATIENCE);
            assertThat(other.mutex("sku").tryAcquire(ofSeconds(1))).isEmpty();
            server.kill9();
            server.restartEmpty();
            assertThat(lost.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            assertThat(held.isHeld()).isFalse();
            waiting.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS).close();
        }
    }

    @Test
    void aDeadEtcdIsUnreachableAndItsHoldsEndWithTheirDeadline() throws Exception {
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
    void aSilentEtcdIsUnreachableAndItsHoldsEndWithTheirDeadline() throws Exception {
        Hold held = client.mutex("sku").acquire(PATIENCE);
        CountDownLatch lost = new CountDownLatch(1);
        held.onLost(lost::countDown);
        server.pause();
        assertThatThrownBy(() -> client.mutex("other").tryAcquire())
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining("other");
        assertThat(lost.await(TTL.toMillis() * 5, TimeUnit.MILLISECONDS)).isTrue();
        server.resume();
        try (Hold next = client.mutex("sku").acquire(PATIENCE)) {
            assertThat(next.token()).isGreaterThan(held.token());
        }
    }
}
