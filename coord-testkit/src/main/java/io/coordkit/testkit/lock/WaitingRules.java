package io.coordkit.testkit.lock;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockTimeoutException;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.Conformance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** How waiters wait, give up, and are woken. */
abstract class WaitingRules extends LossRules {
    private static final int QUEUED = 4;
    private static final Duration PAUSE = ofMillis(20);

    @Test
    void L4_busyIsRefusedAtOnceOrAfterTheWait() throws Exception {
        Mutex mine = client(LONG_TTL).mutex(name);
        Mutex other = client(LONG_TTL).mutex(name);
        try (Hold held = mine.acquire(patience())) {
            assertThat(other.tryAcquire()).isEmpty();
            assertThat(mine.tryAcquire()).isEmpty();
            assertThat(other.tryAcquire(A_WHILE)).isEmpty();
            assertThatThrownBy(() -> other.acquire(A_WHILE))
                    .isInstanceOf(LockTimeoutException.class)
                    .hasMessageContaining(name);
            held.check();
        }
    }

    @Test
    void L5_aWaiterThatGaveUpNeverHolds() throws Exception {
        Mutex mine = client(LONG_TTL).mutex(name);
        Mutex other = client(LONG_TTL).mutex(name);
        Mutex third = client(LONG_TTL).mutex(name);
        Hold held = mine.acquire(patience());

        CompletableFuture<Hold> cancelled = other.acquireAsync(patience());
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        Thread waiter = new Thread(() -> {
            try {
                other.acquire(patience()).close();
                interrupted.complete(false);
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        waiter.start();
        assertThat(other.tryAcquire(A_WHILE)).as("somebody else holds").isEmpty();
        waiter.interrupt();
        assertThat(interrupted.get(patience().toMillis(), TimeUnit.MILLISECONDS))
                .isTrue();
        cancelled.cancel(false);

        held.close();
        third.acquire(patience()).close();
        assertThat(cancelled).isCancelled();
    }

    @Test
    void L12_aReleaseWakesAWaiterOfAnotherClient() throws Exception {
        Mutex mine = client(LONG_TTL).mutex(name);
        Mutex other = client(LONG_TTL).mutex(name);
        Hold held = mine.acquire(patience());
        CompletableFuture<Hold> waiting = other.acquireAsync(patience());
        assertThat(other.tryAcquire(A_WHILE)).isEmpty();
        held.close();
        waiting.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
    }

    @Test
    void L13_aWaiterThatLeavesPassesItsWakeUpOn() throws Exception {
        Hold held = client(LONG_TTL).mutex(name).acquire(patience());
        Candidacy first = backend().stand(name, LONG_TTL, () -> {});
        assertThat(answer(first.request())).isInstanceOf(Answer.Pending.class);
        CompletableFuture<Hold> second = client(LONG_TTL).mutex(name).acquireAsync(patience());
        assertThat(client(LONG_TTL).mutex(name).tryAcquire(A_WHILE)).isEmpty();
        held.close();
        answer(first.abandon());
        second.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
    }

    @Test
    void L22_aWaiterWithAShorterTtlDoesNotSilenceTheOthers() throws Exception {
        Mutex other = client(LONG_TTL).mutex(name);
        Hold held = client(LONG_TTL).mutex(name).acquire(patience());
        CompletableFuture<Hold> waiting = other.acquireAsync(patience());
        assertThat(other.tryAcquire(ofMillis(300))).isEmpty();
        Candidacy hasty = backend().stand(name, shortTtl(), () -> {});
        assertThat(answer(hasty.request())).isInstanceOf(Answer.Pending.class);
        assertThat(other.tryAcquire(shortTtl().multipliedBy(2)))
                .as("while the hasty one's TTL passes")
                .isEmpty();
        held.close();
        waiting.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
    }

    @Test
    void L25_aReleaseWakesOneWaiter() throws Exception {
        LockBackend first = backend();
        Candidacy holder = first.stand(name, LONG_TTL, () -> {});
        assertThat(answer(holder.request())).isInstanceOf(Answer.Granted.class);
        Semaphore wakeUps = new Semaphore(0);
        List<Queued> waiting = new ArrayList<>();
        for (int i = 0; i < QUEUED; i++) {
            LockBackend own = backend();
            beWokenOnce(own, i);
            Queued queued = new Queued(own, wakeUps);
            assertThat(answer(queued.candidacy.request())).isInstanceOf(Answer.Pending.class);
            waiting.add(queued);
        }
        awaitQuiet(wakeUps);
        while (waiting.size() > 1) {
            waiting.forEach(queued -> queued.woken = false);
            answer(holder.abandon());
            assertThat(wakeUps.tryAcquire(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS))
                    .as("somebody is woken")
                    .isTrue();
            if (first.guarantees().has(LockGuarantee.WAKES_ONE)) {
                assertThat(wakeUps.tryAcquire(A_WHILE.toMillis(), TimeUnit.MILLISECONDS))
                        .as("a second one is woken")
                        .isFalse();
            } else {
                Conformance.notPromised(getClass(), LockGuarantee.WAKES_ONE, "L25");
            }
            Queued next = firstGranted(waiting);
            waiting.remove(next);
            holder = next.candidacy;
        }
    }

    /** Waits once, under another name, so that what the first wait of a client brings about is over. */
    private void beWokenOnce(LockBackend backend, int number) throws Exception {
        String rehearsal = name + ":rehearsal" + number;
        Candidacy holder = backend().stand(rehearsal, LONG_TTL, () -> {});
        assertThat(answer(holder.request())).isInstanceOf(Answer.Granted.class);
        Semaphore wakeUps = new Semaphore(0);
        Queued queued = new Queued(backend, rehearsal, wakeUps);
        assertThat(answer(queued.candidacy.request())).isInstanceOf(Answer.Pending.class);
        answer(holder.abandon());
        while (!(answer(queued.candidacy.request()) instanceof Answer.Granted)) {
            assertThat(wakeUps.tryAcquire(patience().toMillis(), TimeUnit.MILLISECONDS))
                    .as("a wake-up")
                    .isTrue();
        }
        answer(queued.candidacy.abandon());
    }

    /** Those that were woken ask until one has it, for where wake-ups are hints they may come before the lock is free. */
    private Queued firstGranted(List<Queued> waiting) throws Exception {
        long deadline = System.nanoTime() + FAR_BELOW_ANY_POLLING.toNanos();
        while (System.nanoTime() - deadline < 0) {
            for (Queued queued : waiting) {
                if (queued.woken && answer(queued.candidacy.request()) instanceof Answer.Granted) {
                    return queued;
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new AssertionError("none of those that were woken is granted the lock");
    }

    private static void awaitQuiet(Semaphore wakeUps) throws InterruptedException {
        boolean woken = true;
        while (woken) {
            wakeUps.drainPermits();
            woken = wakeUps.tryAcquire(A_WHILE.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** One that waits, and notes that it was woken. */
    private final class Queued {
        private final Candidacy candidacy;
        private volatile boolean woken;

        Queued(LockBackend backend, Semaphore wakeUps) {
            this(backend, name, wakeUps);
        }

        Queued(LockBackend backend, String lock, Semaphore wakeUps) {
            candidacy = backend.stand(lock, LONG_TTL, () -> {
                woken = true;
                wakeUps.release();
            });
        }
    }
}
