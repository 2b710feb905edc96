package io.coordkit.testkit.lock;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.testkit.Crowd;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Who holds a lock, under which token and which name, and until when. */
abstract class HoldingRules extends LockContract {
    private static final int WORKERS = 6;
    private static final int ROUNDS = 40;
    private static final int CROWD = 16;

    /** What runs beside a test has threads, too. */
    private static final int THREADS_OF_OTHERS = 400;

    private static final Duration LONG_ENOUGH_FOR_MANY = ofSeconds(30);

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
        LockOptions options = options(shortTtl().multipliedBy(5)).withHandOvers(3);
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
            worker.get(patience().toMillis() * 3, TimeUnit.MILLISECONDS);
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
    void L18_theSameClientAcquiresAgainAtOnce() throws Exception {
        Mutex mutex = client(LONG_TTL).mutex(name);
        for (int i = 0; i < 100; i++) {
            Optional<Hold> hold = mutex.tryAcquire();
            assertThat(hold).as("acquire %d", i).isPresent();
            hold.get().close();
        }
    }

    @Test
    @SuppressWarnings("LockNotBeforeTry") // the order of locks and unlocks is the subject here
    void L21_asLockIsOwnedByAThread() throws Exception {
        Mutex mutex = client(LONG_TTL).mutex(name);
        Mutex other = client(LONG_TTL).mutex(name);
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

        Mutex losing = client(shortTtl()).mutex(name);
        losing.asLock().lock();
        loseFromStore(name);
        other.acquire(patience());
        assertThat(other.tryAcquire(shortTtl())).isEmpty();
        assertThatThrownBy(losing.asLock()::tryLock).isInstanceOf(LockLostException.class);
        assertThatThrownBy(losing.asLock()::unlock).isInstanceOf(LockLostException.class);
        assertThatThrownBy(losing.asLock()::unlock).isInstanceOf(IllegalMonitorStateException.class);
    }

    @Test
    void L27_thousandsOfNamesAreHeldAtOnce() throws Exception {
        DelegatingBackend watched = new DelegatingBackend(openBackend());
        LockClient client = client(watched, LONG_ENOUGH_FOR_MANY);
        client.mutex(name).acquire(patience()).close();
        Set<Candidacy> renewed = ConcurrentHashMap.newKeySet();
        CountDownLatch allRenewed = new CountDownLatch(manyNames());
        watched.onRenewed(candidacy -> {
            if (renewed.add(candidacy)) {
                allRenewed.countDown();
            }
        });
        int threadsBefore = ManagementFactory.getThreadMXBean().getThreadCount();
        Map<String, Hold> held = new ConcurrentHashMap<>();
        inCrowd(number -> {
            String each = name + ":" + number;
            held.put(each, client.mutex(each).acquire(patience()));
        });
        assertThat(comes(allRenewed, patience().multipliedBy(2)))
                .as("all renewed but %d", allRenewed.getCount())
                .isTrue();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount() - threadsBefore;
        System.out.println("L27: " + threads + " more threads with " + manyNames() + " locks");
        assertThat(threads).as("threads more than before").isLessThan(THREADS_OF_OTHERS + manyNames() / 10);
        assertThat(held.values()).hasSize(manyNames()).allMatch(Hold::isHeld);

        LockClient next = client(LONG_ENOUGH_FOR_MANY);
        inCrowd(number -> {
            try (Hold hold = Objects.requireNonNull(held.get(name + ":" + number))) {
                hold.check();
            }
            next.mutex(name + ":" + number).acquire(patience()).close();
        });
    }

    /** What is to be done for each of many numbers. */
    @FunctionalInterface
    private interface Numbered {
        void run(int number) throws Exception;
    }

    private void inCrowd(Numbered body) throws Exception {
        List<Callable<Integer>> workers = new ArrayList<>();
        for (int worker = 0; worker < CROWD; worker++) {
            int first = worker;
            workers.add(() -> {
                for (int number = first; number < manyNames(); number += CROWD) {
                    body.run(number);
                }
                return first;
            });
        }
        assertThat(Crowd.run(workers)).hasSize(CROWD);
    }
}
