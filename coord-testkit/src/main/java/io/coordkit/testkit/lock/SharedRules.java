package io.coordkit.testkit.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.lock.CountingSemaphore;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockTimeoutException;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.Permit;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.testkit.Conformance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Locks that several may hold at once: read-write locks, where they are promised, and semaphores. */
abstract class SharedRules extends FamilyRules {
    private static final int PERMITS = 3;
    private static final int ROUNDS = 15;

    // ---- read-write locks -------------------------------------------------------------------------------------------

    /** A read-write lock as one process has it, and who of that process is in the store's queue. */
    private final class Sharer {
        private final DelegatingBackend wire = new DelegatingBackend(openBackend());
        private final LockClient client;
        private final Set<Candidacy> everQueued = ConcurrentHashMap.newKeySet();
        private final BlockingQueue<Candidacy> queued = new LinkedBlockingQueue<>();

        Sharer(Duration ttl) {
            this.client = client(wire, ttl);
            wire.onPending(candidacy -> {
                if (everQueued.add(candidacy)) {
                    queued.add(candidacy);
                }
            });
        }

        Mutex read() {
            return client.readWrite(name).read();
        }

        Mutex write() {
            return client.readWrite(name).write();
        }

        /** One that waits, and is in the queue. */
        CompletableFuture<Hold> waiting(Mutex side) throws InterruptedException {
            queued.clear();
            CompletableFuture<Hold> waiting = side.acquireAsync(patience());
            assertThat(queued.poll(patience().toMillis(), TimeUnit.MILLISECONDS))
                    .as("queued")
                    .isNotNull();
            return waiting;
        }
    }

    /** What to do with a read-write lock of two processes. */
    private interface TwoSharers {
        void run(Sharer mine, Sharer other) throws Exception;
    }

    /** Does that where read-write locks are promised; elsewhere they must be refused. */
    private void withTwo(Duration ttl, TwoSharers body) throws Exception {
        Sharer mine = new Sharer(ttl);
        LockGuarantees guarantees = mine.client.guarantees();
        if (guarantees.has(LockGuarantee.READ_WRITE)) {
            body.run(mine, new Sharer(ttl));
        } else {
            assertThatThrownBy(() -> mine.client.readWrite(name))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("READ_WRITE")
                    .hasMessageContaining(guarantees.backend());
            Conformance.notPromised(
                    getClass(), LockGuarantee.READ_WRITE, "L50", "L51", "L52", "L53", "L54", "L55", "L56");
        }
    }

    @Test
    void L50_manyReadOrOneWrites() throws Exception {
        withTwo(LONG_TTL, (mine, other) -> {
            List<Hold> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(mine.read().acquire(patience()));
                readers.add(other.read().acquire(patience()));
            }
            assertThat(readers).allMatch(Hold::isHeld);
            assertThat(mine.write().tryAcquire()).as("writing beside readers").isEmpty();
            assertThat(other.write().tryAcquire(A_WHILE))
                    .as("writing beside readers")
                    .isEmpty();
            readers.forEach(Hold::close);
            try (Hold writer = mine.write().acquire(patience())) {
                assertThat(other.read().tryAcquire())
                        .as("reading beside a writer")
                        .isEmpty();
                assertThat(mine.read().tryAcquire())
                        .as("reading beside a writer")
                        .isEmpty();
                assertThat(other.write().tryAcquire()).as("a second writer").isEmpty();
                writer.check();
            }
            assertThatNobodyIsInTheWayOfAnother(mine, other);
            client(LONG_TTL).mutex(name).acquire(patience()).close();
        });
    }

    /** Readers see no writer and writers nobody, whatever the threads of two clients do. */
    private void assertThatNobodyIsInTheWayOfAnother(Sharer mine, Sharer other) throws Exception {
        AtomicInteger reading = new AtomicInteger();
        AtomicInteger writing = new AtomicInteger();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (Sharer process : List.of(mine, other)) {
            threads.add(inThread(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    try (Hold hold = process.read().acquire(patience())) {
                        reading.incrementAndGet();
                        assertThat(writing.get()).as("writers beside a reader").isZero();
                        hold.check();
                        reading.decrementAndGet();
                    }
                }
            }));
            threads.add(inThread(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    try (Hold hold = process.write().acquire(patience())) {
                        assertThat(writing.incrementAndGet()).as("writers").isEqualTo(1);
                        assertThat(reading.get()).as("readers beside a writer").isZero();
                        hold.check();
                        writing.decrementAndGet();
                    }
                }
            }));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(patience().multipliedBy(3).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void L51_readersHaveTheTokenOfTheLastWriter() throws Exception {
        withTwo(LONG_TTL, (mine, other) -> {
            long written;
            CompletableFuture<Hold> early;
            try (Hold writer = mine.write().acquire(patience())) {
                written = writer.token();
                early = other.waiting(other.read());
                assertThatThrownBy(() -> early.get(A_WHILE.toMillis(), TimeUnit.MILLISECONDS))
                        .isInstanceOf(TimeoutException.class);
            }
            try (Hold first = answer(early);
                    Hold second = mine.read().acquire(patience())) {
                assertThat(List.of(first.token(), second.token())).containsOnly(written);
                assertThat(mine.write().tryAcquire())
                        .as("a writer that gives up")
                        .isEmpty();
                try (Hold third = other.read().acquire(patience())) {
                    assertThat(third.token()).isEqualTo(written);
                }
            }
            try (Hold next = other.write().acquire(patience())) {
                assertThat(next.token()).isGreaterThan(written);
                written = next.token();
            }
            Hold one = mine.read().acquire(patience());
            Hold two = other.read().acquire(patience());
            assertThat(one.token()).isEqualTo(two.token()).isGreaterThanOrEqualTo(written);
            one.close(); // whoever came first has left, and what they have stays the same
            try (Hold three = mine.read().acquire(patience())) {
                assertThat(three.token()).isEqualTo(two.token());
            }
            two.close();
            try (Hold last = mine.write().acquire(patience())) {
                assertThat(last.token()).isGreaterThan(two.token());
            }
        });
    }

    @Test
    void L52_aWaitingWriterIsOvertakenByNobody() throws Exception {
        withTwo(LONG_TTL, (mine, other) -> {
            Hold reader = mine.read().acquire(patience());
            CompletableFuture<Hold> writer = other.waiting(other.write());
            CompletableFuture<Hold> late = mine.waiting(mine.read());
            assertThat(mine.read().tryAcquire()).as("a reader behind a writer").isEmpty();
            assertThat(late).isNotDone();
            assertThat(writer).isNotDone();
            reader.close();
            try (Hold written = writer.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS)) {
                assertThat(late).isNotDone();
                written.check();
            }
            late.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
        });
    }

    @Test
    void L53_whoWaitsTogetherToReadIsLetInTogether() throws Exception {
        withTwo(LONG_TTL, (mine, other) -> {
            Hold writer = mine.write().acquire(patience());
            List<CompletableFuture<Hold>> readers =
                    List.of(mine.waiting(mine.read()), other.waiting(other.read()), other.waiting(other.read()));
            CompletableFuture<Hold> next = mine.waiting(mine.write());
            assertThat(readers).noneMatch(CompletableFuture::isDone);
            writer.close();
            for (CompletableFuture<Hold> reader : readers) {
                reader.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS);
            }
            assertThat(next).isNotDone();
            for (CompletableFuture<Hold> reader : readers) {
                reader.join().close();
            }
            next.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
        });
    }

    @Test
    void L54_aReaderThatDiedBlocksForOneTtlAtMost() throws Exception {
        withTwo(shortTtl(), (mine, other) -> {
            Sharer dead = new Sharer(shortTtl());
            dead.read().acquire(patience());
            CompletableFuture<Hold> deadWriter = dead.waiting(dead.write());
            dead.wire.cutAll();
            long diedAt = System.nanoTime();
            // In whatever order they enter: each makes room for the other.
            CompletableFuture<Void> writer =
                    mine.write().acquireAsync(patience()).thenAccept(Hold::close);
            CompletableFuture<Void> reader =
                    other.read().acquireAsync(patience()).thenAccept(Hold::close);
            writer.get(shortTtl().multipliedBy(10).toMillis(), TimeUnit.MILLISECONDS);
            reader.get(shortTtl().multipliedBy(10).toMillis(), TimeUnit.MILLISECONDS);
            System.out.printf(
                    "%s: a dead reader and a dead writer blocked for %d ms with a TTL of %d ms%n",
                    getClass().getSimpleName(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - diedAt),
                    shortTtl().toMillis());
            assertThat(deadWriter.isDone() && !deadWriter.isCompletedExceptionally())
                    .as("the dead writer holds")
                    .isFalse();
        });
    }

    @Test
    void L55_aWriterThatGivesUpLetsInWhoIsBehindIt() throws Exception {
        withTwo(LONG_TTL, (mine, other) -> {
            Hold first = mine.read().acquire(patience());
            CompletableFuture<Hold> writer = other.waiting(other.write());
            CompletableFuture<Hold> reader = mine.waiting(mine.read());
            assertThat(reader).isNotDone();
            writer.cancel(false);
            try (Hold second = reader.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS)) {
                second.check();
                first.check();
            }
            first.close();
            mine.write().acquire(FAR_BELOW_ANY_POLLING).close(); // who gave up holds nothing
        });
    }

    @Test
    void L56_aReadHoldThatIsGoneFromTheStoreIsReportedLost() throws Exception {
        withTwo(shortTtl(), (mine, other) -> {
            Hold hold = mine.read().acquire(patience());
            CountDownLatch lost = new CountDownLatch(1);
            hold.onLost(lost::countDown);
            TimeUnit.MILLISECONDS.sleep(shortTtl().toMillis() * 3 / 2);
            hold.check(); // it was renewed
            loseFromStore(name);
            assertThat(comes(lost, patience())).as("onLost").isTrue();
            assertThatThrownBy(hold::check).isInstanceOf(LockLostException.class);
            Hold next = other.write().acquire(patience());
            hold.close();
            assertThat(next.token()).isGreaterThan(hold.token());
            assertThat(mine.read().tryAcquire()).as("what the loser closed").isEmpty();
            next.close();
        });
    }

    // ---- semaphores -------------------------------------------------------------------------------------------------

    @Test
    void L57_noMorePermitsAreHeldThanThereAre() throws Exception {
        CountingSemaphore mine = client(LONG_TTL).semaphore(name, PERMITS);
        CountingSemaphore other = client(LONG_TTL).semaphore(name, PERMITS);
        List<Permit> taken = new ArrayList<>();
        for (int i = 0; i < PERMITS; i++) {
            taken.add((i % 2 == 0 ? mine : other).acquire(patience()));
        }
        assertThat(taken).allMatch(Permit::isHeld);
        assertThat(mine.tryAcquire()).isEmpty();
        assertThatThrownBy(() -> other.acquire(A_WHILE))
                .isInstanceOf(LockTimeoutException.class)
                .hasMessageContaining(name);
        taken.forEach(Permit::close);

        AtomicInteger inside = new AtomicInteger();
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int thread = 0; thread < 2 * PERMITS; thread++) {
            CountingSemaphore semaphore = thread % 2 == 0 ? mine : other;
            threads.add(inThread(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    try (Permit permit = semaphore.acquire(patience())) {
                        assertThat(inside.incrementAndGet()).as("permits").isLessThanOrEqualTo(PERMITS);
                        permit.check();
                        inside.decrementAndGet();
                    }
                }
            }));
        }
        for (CompletableFuture<Void> thread : threads) {
            thread.get(patience().multipliedBy(3).toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    @Test
    void L58_aPermitGoesToAWaiterWhenItIsReleasedOrItsHolderHasDied() throws Exception {
        CountingSemaphore mine = client(LONG_TTL).semaphore(name, 2);
        CountingSemaphore other = client(LONG_TTL).semaphore(name, 2);
        Permit first = mine.acquire(patience());
        try (Permit second = mine.acquire(patience())) {
            CompletableFuture<Permit> waiting = new CompletableFuture<>();
            CompletableFuture<Void> waiter = inThread(() -> waiting.complete(other.acquire(patience())));
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread gaveUp = new Thread(() -> {
                try {
                    other.acquire(patience());
                } catch (InterruptedException expected) {
                    interrupted.countDown();
                }
            });
            gaveUp.start();
            TimeUnit.MILLISECONDS.sleep(A_WHILE.toMillis());
            assertThat(waiter).isNotDone();
            gaveUp.interrupt();
            assertThat(comes(interrupted, patience())).as("interrupted").isTrue();
            first.close();
            try (Permit next = waiting.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS)) {
                next.check();
                second.check();
                assertThat(mine.tryAcquire()).isEmpty();
            }
        }

        DelegatingBackend dying = new DelegatingBackend(openBackend());
        CountingSemaphore dead = client(dying, shortTtl()).semaphore(name + ":2", 1);
        Permit held = dead.acquire(patience());
        CountDownLatch lost = new CountDownLatch(1);
        held.onLost(lost::countDown);
        dying.cutAll();
        client(shortTtl())
                .semaphore(name + ":2", 1)
                .acquire(shortTtl().multipliedBy(10))
                .close();
        assertThat(comes(lost, patience())).as("onLost").isTrue();
        assertThatThrownBy(held::check)
                .isInstanceOf(LockLostException.class)
                .hasMessageContaining(name + ":2/permit/1");
    }

    @Test
    void L59_aNumberOfPermitsOutOfRangeIsRefusedWithItsValue() {
        LockClient client = client(LONG_TTL);
        for (int permits : List.of(0, -1, CountingSemaphore.MOST_PERMITS + 1)) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> client.semaphore(name, permits))
                    .withMessageContaining("permits")
                    .withMessageContaining(Integer.toString(permits));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> client.semaphore("", 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.semaphore(name, 1).tryAcquire(Duration.ZERO))
                .withMessageContaining("PT0S");
    }
}
