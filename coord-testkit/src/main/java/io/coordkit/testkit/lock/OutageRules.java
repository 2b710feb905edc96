package io.coordkit.testkit.lock;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.lock.Mutex;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What becomes of locks when their client closes, or their store is down. */
abstract class OutageRules extends AnswerRules {
    @Test
    void L17_aClosedClientHasReleasedLostAndEnded() throws Exception {
        LockClient closing = client(LONG_TTL);
        Mutex other = client(LONG_TTL).mutex(name);
        Hold held = closing.mutex(name).acquire(patience());
        CountDownLatch lost = new CountDownLatch(1);
        held.onLost(lost::countDown);
        CompletableFuture<Hold> waiting = closing.mutex(name).acquireAsync(patience());
        closing.close();
        assertThat(lost.await(patience().toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThatThrownBy(held::check).isInstanceOf(LockLostException.class);
        assertThatThrownBy(() -> waiting.get(patience().toMillis(), TimeUnit.MILLISECONDS))
                .hasCauseInstanceOf(IllegalStateException.class);
        other.acquire(patience()).close();
        assertThatThrownBy(() -> closing.mutex(name).tryAcquire()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void L28_aStoreThatIsDownIsNamedAtTheStart() {
        OwnStore store = ownStore();
        store.stop();
        assertThatThrownBy(store::open)
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining(store.address());
        store.start();
        store.open().close();
    }

    @Test
    void L29_aHoldOutlivesTheStoreByItsDeadlineAndNoMore() throws Exception {
        Duration ttl = shortTtl().multipliedBy(4);
        OwnStore store = ownStore();
        LockClient client = client(store.open(), ttl);
        Hold held = client.mutex(name).acquire(patience());
        CompletableFuture<Long> lostAt = new CompletableFuture<>();
        held.onLost(() -> lostAt.complete(System.nanoTime()));
        long deadline = System.nanoTime() + held.remaining().toNanos();
        store.stop();
        Duration early = ofNanos(deadline - lostAt.get(ttl.toMillis() * 5, TimeUnit.MILLISECONDS));
        assertThat(early).as("how long before its deadline it was lost").isLessThan(ofMillis(1));
        assertThatThrownBy(held::check).isInstanceOf(LockLostException.class);
        assertThatThrownBy(client.mutex(name + ":other")::tryAcquire)
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining(name);
        store.start();
        try (Hold next = client.mutex(name).acquire(patience().multipliedBy(4))) {
            assertThat(next.token()).isGreaterThan(held.token());
        }
    }

    @Test
    void L30_aWaiterOutlivesAnOutage() throws Exception {
        OwnStore store = ownStore();
        Hold held = client(store.open(), shortTtl().multipliedBy(3)).mutex(name).acquire(patience());
        DelegatingBackend watched = new DelegatingBackend(store.open());
        CountDownLatch queued = new CountDownLatch(1);
        watched.onPending(candidacy -> queued.countDown());
        Mutex other = client(watched, shortTtl()).mutex(name);
        CompletableFuture<Hold> waiting = other.acquireAsync(patience().multipliedBy(4));
        assertThat(comes(queued, patience())).as("it waits").isTrue();
        store.stop();
        Duration longEnoughToAskAgain = patience().dividedBy(2);
        assertThatThrownBy(() -> other.acquire(longEnoughToAskAgain)).isInstanceOf(LockUnreachableException.class);
        assertThat(waiting).isNotDone();
        store.start();
        try (Hold next = waiting.get(patience().toMillis() * 2, TimeUnit.MILLISECONDS)) {
            assertThat(next.token()).isGreaterThan(held.token());
        }
        assertThat(held.isHeld()).isFalse();
    }
}
