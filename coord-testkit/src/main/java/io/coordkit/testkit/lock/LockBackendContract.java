package io.coordkit.testkit.lock;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofNanos;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.LockTimeoutException;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.lock.Locks;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.time.Stutter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every lock backend must keep; the rules stand in {@code docs/contract.md}. A backend's test extends this class
 * and says how to reach its store.
 *
 * <p>Bounds that are promises are asserted with at least five times the nominal time.
 */
@Tag("contract")
public abstract class LockBackendContract {
    /** Long enough that nothing in a test waits for it by chance. */
    private static final Duration LONG_TTL = ofSeconds(60);

    /** Long enough for the first answers of a store that commits to disk, from a cold client on a busy machine. */
    private static final Duration A_WHILE = ofMillis(500);

    private static final Duration FAR_BELOW_ANY_POLLING = LONG_TTL.dividedBy(12);
    private static final int WORKERS = 6;
    private static final int ROUNDS = 40;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final String name = "contract:" + UUID.randomUUID();

    /** A new backend on the store under test, the same store each time, as another process would open it. */
    protected abstract LockBackend openBackend();

    /** Removes the lock from the store behind everybody's back. */
    protected abstract void loseFromStore(String name);

    /** The client over a backend. Overridden only to test this contract itself. */
    protected LockClient openClient(LockBackend backend, LockOptions options) {
        return Locks.on(backend, options, LockRuntime.standard(CoordObserver.NONE));
    }

    /** A TTL that is short, but long enough for the machine. */
    protected Duration shortTtl() {
        return ofSeconds(1);
    }

    /** How long a test waits for what must come. */
    protected Duration patience() {
        return ofSeconds(20);
    }

    private LockClient client(Duration ttl) {
        return client(openBackend(), ttl);
    }

    private LockClient client(LockBackend backend, Duration ttl) {
        return client(backend, LockOptions.DEFAULTS.withTtl(ttl));
    }

    private LockClient client(LockBackend backend, LockOptions options) {
        LockClient client = openClient(backend, options);
        opened.add(client);
        return client;
    }

    private LockBackend backend() {
        LockBackend backend = openBackend();
        opened.add(backend);
        return backend;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void L1_oneHolderAtATimeAmongThreadsAndClients() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger overlaps = new AtomicInteger();
        AtomicInteger entries = new AtomicInteger();
        contend(hold -> {
            if (inside.incrementAndGet() != 1) {
                overlaps.incrementAndGet();
            }
            LockSupport.parkNanos(1_000_000);
            entries.incrementAndGet();
            inside.decrementAndGet();
        });
        assertThat(entries).hasValue(WORKERS * ROUNDS);
        assertThat(overlaps).as("overlapping holders").hasValue(0);
    }

    @Test
    void L2_tokensRiseWithEveryHolder() throws Exception {
        AtomicLong last = new AtomicLong();
        List<String> steps = new ArrayList<>();
        contend(hold -> {
            long before = last.getAndSet(hold.token());
            if (before >= hold.token()) {
                synchronized (steps) {
                    steps.add(before + " then " + hold.token());
                }
            }
        });
        assertThat(steps).as("tokens that did not rise").isEmpty();
    }

    /** Six threads of two clients take the lock forty times each. */
    private void contend(Consumer<Hold> body) throws Exception {
        LockOptions options = LockOptions.DEFAULTS.withTtl(shortTtl()).withHandOvers(3);
        List<LockClient> clients = List.of(client(openBackend(), options), client(openBackend(), options));
        CyclicBarrier start = new CyclicBarrier(WORKERS);
        List<CompletableFuture<Void>> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            Mutex mutex = clients.get(i % clients.size()).mutex(name);
            workers.add(inThread(() -> {
                start.await();
                for (int round = 0; round < ROUNDS; round++) {
                    try (Hold hold = mutex.acquire(patience())) {
                        body.accept(hold);
                    }
                }
            }));
        }
        for (CompletableFuture<Void> worker : workers) {
            worker.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void L3_reentryKeepsTheTokenAndTheLockUntilTheLastClose() throws Exception {
        Mutex mine = client(LONG_TTL).mutex(name);
        Mutex other = client(LONG_TTL).mutex(name);
        Hold outer = mine.acquire(patience());
        Hold inner = outer.reenter();
        assertThat(inner.token()).isEqualTo(outer.token());
        outer.close();
        inner.check();
        assertThat(other.tryAcquire()).as("while the inner hold is open").isEmpty();
        inner.close();
        other.acquire(patience()).close();
        assertThatThrownBy(outer::reenter).isInstanceOf(IllegalStateException.class);
    }

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
    void L6_aRepeatedRequestIsTheSameGrant() throws Exception {
        LockBackend mine = backend();
        Candidacy candidacy = mine.stand(name, LONG_TTL, () -> {});
        Answer first = answer(candidacy.request());
        Answer second = answer(candidacy.request());
        assertThat(List.of(first, second)).allMatch(Answer.Granted.class::isInstance);
        assertThat(((Answer.Granted) second).grant()).isEqualTo(((Answer.Granted) first).grant());
        answer(candidacy.abandon());
        Mutex other = client(LONG_TTL).mutex(name);
        other.acquire(patience()).close();
    }

    @Test
    void L7_aRenewedHoldOutlivesItsTtl() throws Exception {
        Duration ttl = shortTtl();
        Mutex mine = client(ttl).mutex(name);
        Mutex other = client(ttl).mutex(name);
        try (Hold held = mine.acquire(patience())) {
            assertThat(other.tryAcquire(ttl.multipliedBy(3))).isEmpty();
            held.check();
        }
    }

    @Test
    void L8_lossIsReportedBeforeAnybodyElseIsGranted() throws Exception {
        Duration ttl = shortTtl().multipliedBy(5); // a hundredth of it is the margin
        DelegatingBackend cut = new DelegatingBackend(openBackend());
        try (Stutter stutter = Stutter.measuring()) {
            Hold held = client(cut, ttl).mutex(name).acquire(patience());
            CompletableFuture<Long> lostAt = new CompletableFuture<>();
            held.onLost(() -> lostAt.complete(System.nanoTime()));
            cut.cutRenewals();
            client(ttl).mutex(name).acquire(patience());
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
    void L11_closeIsIdempotentFromAnyThreadAndHarmlessAfterALoss() throws Exception {
        Mutex mine = client(LONG_TTL).mutex(name);
        Mutex other = client(LONG_TTL).mutex(name);
        Hold first = mine.acquire(patience());
        inThread(first::close).get(patience().toMillis(), TimeUnit.MILLISECONDS);
        Hold second = other.acquire(patience());
        first.close();
        assertThat(mine.tryAcquire()).as("second close of the first hold").isEmpty();

        loseFromStore(name);
        Hold third = mine.acquire(patience());
        second.close();
        third.check();
        assertThat(other.tryAcquire(A_WHILE)).as("close after a loss").isEmpty();
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
    void L14_namesDifferByEveryCharacter() throws Exception {
        LockClient client = client(LONG_TTL);
        String longest = "x".repeat(1024 - name.length()) + name;
        List<String> names = List.of(
                name,
                name + " ",
                name + "/a",
                name + "{a}",
                name + "}{",
                "{" + name + "}",
                name + ":a",
                name + "\u00e9",
                name + "e\u0301",
                name + "\ud83d\udd12",
                name + "\n",
                name + "A",
                name + "a",
                name + "*",
                longest);
        for (String each : names) {
            assertThat(client.mutex(each).tryAcquire()).as("free: '%s'", each).isPresent();
        }
        LockClient other = client(LONG_TTL);
        for (String each : names) {
            assertThat(other.mutex(each).tryAcquire()).as("taken: '%s'", each).isEmpty();
        }
    }

    @Test
    void L15_badInputIsRefusedWithItsValue() {
        LockClient client = client(LONG_TTL);
        assertThatIllegalArgumentException().isThrownBy(() -> client.mutex("")).withMessageContaining("name");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.mutex("\u00fc".repeat(513)))
                .withMessageContaining("1026");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.mutex("a\ud800b"))
                .withMessageContaining("surrogate");
        Mutex mutex = client.mutex(name);
        for (Duration wait : List.of(Duration.ZERO, ofMillis(-1), ofDays(367), ofSeconds(Long.MAX_VALUE))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> mutex.tryAcquire(wait))
                    .withMessageContaining(wait.toString());
            assertThatIllegalArgumentException().isThrownBy(() -> mutex.acquireAsync(wait));
        }
    }

    @Test
    void L16_aSilentStoreIsUnreachableNotBusy() {
        DelegatingBackend cut = new DelegatingBackend(openBackend());
        Mutex mutex = client(cut, shortTtl()).mutex(name);
        cut.cutAll();
        assertThatThrownBy(mutex::tryAcquire)
                .isInstanceOf(LockUnreachableException.class)
                .hasMessageContaining(name);
        assertThatThrownBy(() -> mutex.acquire(A_WHILE)).isInstanceOf(LockUnreachableException.class);
    }

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
    void L18_theSameClientAcquiresAgainAtOnce() throws Exception {
        Mutex mutex = client(LONG_TTL).mutex(name);
        for (int i = 0; i < 100; i++) {
            Optional<Hold> hold = mutex.tryAcquire();
            assertThat(hold).as("acquire %d", i).isPresent();
            hold.get().close();
        }
    }

    @Test
    void L19_nothingIsRenewedAfterTheClose() throws Exception {
        Duration ttl = shortTtl();
        DelegatingBackend counting = new DelegatingBackend(openBackend());
        LockClient client = client(counting, ttl);
        Hold held = client.mutex(name).acquire(patience());
        Mutex other = client(ttl).mutex(name);
        assertThat(other.tryAcquire(ttl.multipliedBy(2).dividedBy(3))).isEmpty();
        assertThat(counting.renewals()).as("renewals while held").isPositive();
        held.close();
        int atClose = counting.renewals();
        Hold next = other.acquire(patience());
        assertThat(client.mutex(name).tryAcquire(ttl.multipliedBy(2).dividedBy(3)))
                .isEmpty();
        next.check();
        assertThat(counting.renewals()).as("renewals after the close").isEqualTo(atClose);
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
    @SuppressWarnings("LockNotBeforeTry") // the order of locks and unlocks is the subject here
    void L21_asLockIsOwnedByAThread() throws Exception {
        Mutex mutex = client(shortTtl()).mutex(name);
        Mutex other = client(shortTtl()).mutex(name);
        mutex.asLock().lock();
        assertThat(mutex.asLock().tryLock()).as("again by the same thread").isTrue();
        inThread(() -> {
                    assertThat(mutex.asLock().tryLock()).as("by another thread").isFalse();
                    assertThatThrownBy(mutex.asLock()::unlock).isInstanceOf(IllegalMonitorStateException.class);
                })
                .get(patience().toMillis(), TimeUnit.MILLISECONDS);
        mutex.asLock().unlock();
        assertThat(other.tryAcquire()).as("unlocked once of twice").isEmpty();
        mutex.asLock().unlock();
        other.acquire(patience()).close();

        mutex.asLock().lock();
        loseFromStore(name);
        other.acquire(patience());
        assertThat(other.tryAcquire(shortTtl().multipliedBy(2).dividedBy(3))).isEmpty();
        assertThatThrownBy(mutex.asLock()::tryLock).isInstanceOf(LockLostException.class);
        assertThatThrownBy(mutex.asLock()::unlock).isInstanceOf(LockLostException.class);
        assertThatThrownBy(mutex.asLock()::unlock).isInstanceOf(IllegalMonitorStateException.class);
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

    private <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A body that may throw. */
    @FunctionalInterface
    private interface Body {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> inThread(Body body) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                body.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(new CompletionException(e));
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
