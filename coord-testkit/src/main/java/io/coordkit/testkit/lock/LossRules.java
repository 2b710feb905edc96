package io.coordkit.testkit.lock;

import static java.time.Duration.ofNanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Mutex;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.time.Stutter;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a lock is kept, how it is lost, and who is told. */
abstract class LossRules extends HoldingRules {
    @Test
    void L8_lossIsReportedBeforeAnybodyElseIsGranted() throws Exception {
        Duration ttl = shortTtl().multipliedBy(5); // a hundredth of it is the margin
        DelegatingBackend cut = new DelegatingBackend(openBackend());
        try (Stutter stutter = Stutter.measuring()) {
            Hold held = client(cut, ttl).mutex(name).acquire(patience());
            CompletableFuture<Long> lostAt = new CompletableFuture<>();
            held.onLost(() -> lostAt.complete(System.nanoTime()));
            cut.cutRenewals();
            client(ttl).mutex(name).acquire(ttl.plus(patience()));
            long grantedAt = System.nanoTime();
            assertThat(held.isHeld()).isFalse();
            assertThatThrownBy(held::check)
                    .isInstanceOf(LockLostException.class)
                    .hasMessageContaining(name);
            assertThatThrownBy(held::reenter).isInstanceOf(LockLostException.class);
            // Two threads in a row need a processor before the signal is out, and others may want it as well.
            assertThat(ofNanos(lostAt.get(patience().toMillis(), TimeUnit.MILLISECONDS) - grantedAt))
                    .as("from the grant to the signal, when the machine was away for up to %s", stutter.worst())
                    .isLessThan(stutter.worst().multipliedBy(10));
        }
    }

    @Test
    void L9_aDeadHolderBlocksForOneTtl() throws Exception {
        Duration ttl = shortTtl();
        answer(backend().stand(name, ttl, () -> {}).request());
        long start = System.nanoTime();
        Mutex other = client(ttl).mutex(name);
        assertThat(other.tryAcquire(ttl.multipliedBy(10))).isPresent();
        Duration took = ofNanos(System.nanoTime() - start);
        System.out.println("L9: in " + took.toMillis() + " ms after the death of a holder with TTL " + ttl);
    }

    @Test
    void L10_aHoldGoneFromTheStoreIsReportedLost() throws Exception {
        Duration ttl = shortTtl();
        Hold held = client(ttl).mutex(name).acquire(patience());
        CountDownLatch lost = new CountDownLatch(1);
        held.onLost(lost::countDown);
        loseFromStore(name);
        assertThat(lost.await(ttl.toMillis() * 5, TimeUnit.MILLISECONDS)).isTrue();
        assertThatThrownBy(held::check).isInstanceOf(LockLostException.class);
        CountDownLatch late = new CountDownLatch(1);
        held.onLost(late::countDown);
        assertThat(late.await(patience().toMillis(), TimeUnit.MILLISECONDS))
                .as("told at once when lost already")
                .isTrue();
    }

    @Test
    void L19_nothingIsRenewedAfterTheClose() throws Exception {
        Duration ttl = shortTtl();
        DelegatingBackend counting = new DelegatingBackend(openBackend());
        LockClient client = client(counting, ttl);
        Hold held = client.mutex(name).acquire(patience());
        Mutex other = client(ttl).mutex(name);
        assertThat(other.tryAcquire(ttl.multipliedBy(2).dividedBy(3))).isEmpty();
        awaitRenewal(counting);
        held.close();
        int atClose = counting.renewals();
        Hold next = other.acquire(patience());
        assertThat(client.mutex(name).tryAcquire(ttl.multipliedBy(2).dividedBy(3)))
                .isEmpty();
        next.check();
        assertThat(counting.renewals()).as("renewals after the close").isEqualTo(atClose);
    }

    private void awaitRenewal(DelegatingBackend counting) throws InterruptedException {
        long end = System.nanoTime() + patience().toNanos();
        while (counting.renewals() == 0) {
            TooLate.check(end, "renewals while held");
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    @Test
    void L20_callInterruptsItsBodyOnLoss() throws Exception {
        Mutex mutex = client(shortTtl()).mutex(name);
        assertThat(mutex.<Long, RuntimeException>call(patience(), Hold::token)).isPositive();
        CountDownLatch never = new CountDownLatch(1);
        assertThatThrownBy(() -> mutex.call(patience(), hold -> {
                    loseFromStore(name);
                    return never.await(patience().toMillis(), TimeUnit.MILLISECONDS);
                }))
                .isInstanceOf(LockLostException.class)
                .hasSuppressedException(new InterruptedException());
        assertThat(Thread.interrupted()).as("the interrupt is taken back").isFalse();
        mutex.acquire(patience()).close();
    }

    @Test
    void L24_theFirstCheckAfterAPauseReportsTheLoss() throws Exception {
        PausableScheduler time = new PausableScheduler();
        LockRuntime paused = new LockRuntime(time, Executors.newCachedThreadPool(), CoordObserver.NONE);
        Hold held =
                client(openBackend(), options(shortTtl()), paused).mutex(name).acquire(patience());
        CountDownLatch lost = new CountDownLatch(1);
        held.onLost(lost::countDown);
        time.pause();
        client(shortTtl()).mutex(name).acquire(patience());
        assertThat(lost.getCount()).as("told by nobody while paused").isEqualTo(1);
        assertThatThrownBy(held::check).isInstanceOf(LockLostException.class).hasMessageContaining(name);
        assertThat(held.isHeld()).isFalse();
        assertThat(comes(lost, patience())).as("told by the check").isTrue();
    }
}
