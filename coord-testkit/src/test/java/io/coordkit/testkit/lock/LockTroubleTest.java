package io.coordkit.testkit.lock;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.lock.Locks;
import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordEvent.LockAcquired;
import io.coordkit.observe.CoordEvent.LockReleased;
import io.coordkit.testkit.time.ManualScheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** That the core keeps its promises when what it rests on misbehaves: the backend, the executor, the caller. */
class LockTroubleTest {
    private static final Duration WAIT = ofSeconds(100);

    private final ManualScheduler time = new ManualScheduler();
    private final MemoryLocks store = MemoryLocks.under(time);
    private final DelegatingBackend wire = new DelegatingBackend(store.backend());
    private final List<CoordEvent> events = new CopyOnWriteArrayList<>();
    private LockClient client = open(Executors.newCachedThreadPool());

    private LockClient open(ExecutorService callbacks) {
        return Locks.on(wire, LockOptions.DEFAULTS, new LockRuntime(time, callbacks, events::add));
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aRequestThatThrowsIsUnknownAndIsRepeated() throws Exception {
        wire.setThrowing(true);
        assertThatThrownBy(client.mutex("a")::tryAcquire).isInstanceOf(LockUnreachableException.class);
        CompletableFuture<Hold> waiting = client.mutex("b").acquireAsync(WAIT);
        wire.setThrowing(false);
        time.advance(ofSeconds(3));
        waiting.get(20, TimeUnit.SECONDS).close();
        assertThat(client.mutex("a").tryAcquire()).isPresent();
    }

    @Test
    void aRenewalThatThrowsStopsNeitherTheWatchdogNorTheLossSignal() throws Exception {
        Hold renewedAgain = client.mutex("a").tryAcquire().orElseThrow();
        wire.setThrowing(true);
        time.advance(ofSeconds(20));
        wire.setThrowing(false);
        time.advance(ofSeconds(60));
        renewedAgain.check();
        CountDownLatch lost = new CountDownLatch(1);
        renewedAgain.onLost(lost::countDown);
        wire.setThrowing(true);
        time.advance(ofSeconds(31));
        assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        wire.setThrowing(false);
    }

    @Test
    void aReleaseThatThrowsIsRepeated() throws Exception {
        Hold held = client.mutex("a").tryAcquire().orElseThrow();
        wire.setThrowing(true);
        held.close();
        time.advance(ofSeconds(1));
        wire.setThrowing(false);
        time.advance(ofSeconds(3));
        assertThat(client.mutex("a").tryAcquire()).isPresent();
    }

    @Test
    void aHoldClosedAfterItsLossIsStillTold() throws Exception {
        LinkedBlockingQueue<Runnable> callbacks = new LinkedBlockingQueue<>();
        client = open(new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
            @Override
            public void execute(Runnable task) {
                callbacks.add(task);
            }
        });
        AtomicInteger told = new AtomicInteger();
        Hold hold = client.mutex("a").tryAcquire().orElseThrow();
        Hold inner = hold.reenter();
        hold.onLost(told::incrementAndGet);
        inner.onLost(() -> told.addAndGet(100));
        inner.close();
        store.forget("a");
        time.advance(ofSeconds(10));
        assertThat(hold.isHeld()).isFalse();
        hold.close();
        callbacks.forEach(Runnable::run);
        assertThat(told).as("told once, and not the one that was closed before").hasValue(1);
    }

    @Test
    void aHoldThatCannotBeDeliveredIsGivenBack() throws Exception {
        client = open(new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
            @Override
            public void execute(Runnable task) {
                throw new RejectedExecutionException("saturated");
            }
        });
        CompletableFuture<Hold> undeliverable = client.mutex("a").acquireAsync(WAIT);
        assertThatThrownBy(() -> undeliverable.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(RejectedExecutionException.class);
        client.mutex("a").acquire(WAIT).close();
    }

    @Test
    void anAcquireThatMeetsTheCloseEnds() {
        wire.onRequest(client::close);
        CompletableFuture<Hold> met = client.mutex("a").acquireAsync(WAIT);
        assertThatThrownBy(() -> met.get(20, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
    }

    @Test
    void anAcquireEndedByItsCallerIsWithdrawn() throws Exception {
        Hold held = client.mutex("a").tryAcquire().orElseThrow();
        CompletableFuture<Hold> impatient = client.mutex("a").acquireAsync(WAIT);
        impatient.completeExceptionally(new TimeoutException("as orTimeout does"));
        held.close();
        Hold next = client.mutex("a").tryAcquire().orElseThrow();
        assertThat(next.token() >> 10).as("nobody was between").isEqualTo(2);
        assertThat(events.stream().filter(LockAcquired.class::isInstance)).hasSize(2);
    }

    @Test
    void aReleaseIsNeverObservedBeforeItsAcquire() throws Exception {
        client = open(Executors.newCachedThreadPool());
        for (int i = 0; i < 2000; i++) {
            CompletableFuture<Void> first = CompletableFuture.runAsync(this::lockAndUnlock);
            lockAndUnlock();
            first.get(20, TimeUnit.SECONDS);
        }
        int held = 0;
        for (CoordEvent event : events) {
            held += event instanceof LockAcquired ? 1 : event instanceof LockReleased ? -1 : 0;
            assertThat(held).as("at %s", event).isBetween(0, 1);
        }
    }

    @Test
    void aThreadLockMayBeAskedToWaitForEver() throws Exception {
        assertThat(client.mutex("a").asLock().tryLock(Long.MAX_VALUE, TimeUnit.NANOSECONDS))
                .isTrue();
        assertThat(client.mutex("b").asLock().tryLock(Long.MAX_VALUE, TimeUnit.DAYS))
                .isTrue();
    }

    private void lockAndUnlock() {
        try {
            client.mutex("a").acquire(WAIT).close();
        } catch (InterruptedException e) {
            throw new CompletionException(e);
        }
    }
}
