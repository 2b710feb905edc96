package io.coordkit.testkit.lock;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockLostException;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordEvent.LockAcquired;
import io.coordkit.observe.CoordEvent.LockLost;
import io.coordkit.testkit.time.ManualScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is written once for every backend, step by step under a manual clock. */
class LockCoreTest {
    private static final Duration WAIT = ofSeconds(100);

    private final ManualScheduler time = new ManualScheduler();
    private final MemoryLocks store = MemoryLocks.under(time);
    private final DelegatingBackend wire = new DelegatingBackend(store.backend());
    private final List<CoordEvent> events = new CopyOnWriteArrayList<>();
    private LockClient client = open(LockOptions.DEFAULTS);

    private LockClient open(LockOptions options) {
        return Locks.on(wire, options, new LockRuntime(time, Executors.newCachedThreadPool(), events::add));
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void theWatchdogRenewsEveryThirdOfTheTtlInOneBatch() throws Exception {
        List<Integer> counts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(client.mutex("lock" + i).tryAcquire()).isPresent();
        }
        for (int second = 0; second < 60; second += 10) {
            time.advance(ofSeconds(10));
            counts.add(wire.renewals());
        }
        assertThat(counts).as("renewals of 3 locks after 10, 20, ... 60 s").containsExactly(3, 6, 9, 12, 15, 18);
    }

    @Test
    void withoutRenewalTheLossComesWithTheDeadlineAndNotAfterIt() throws Exception {
        Hold hold = client.mutex("a").tryAcquire().orElseThrow();
        CountDownLatch lost = new CountDownLatch(1);
        hold.onLost(lost::countDown);
        wire.cutRenewals();
        Duration drift = ofMillis(302); // a hundredth of the TTL and 2 ms
        time.advance(ofSeconds(30).minus(drift).minusMillis(1));
        hold.check();
        assertThat(lost.getCount()).isEqualTo(1);
        time.advance(ofMillis(1));
        assertThat(lost.await(20, TimeUnit.SECONDS)).isTrue();
        assertThatThrownBy(hold::check).isInstanceOf(LockLostException.class);
        assertThat(events).anyMatch(event -> event instanceof LockLost gone && gone.token() == hold.token());
    }

    @Test
    void afterAPauseTheFirstCheckReportsTheLoss() throws Exception {
        Hold hold = client.mutex("a").tryAcquire().orElseThrow();
        time.pause(ofSeconds(31));
        assertThat(hold.isHeld()).isFalse();
        assertThatThrownBy(hold::check).isInstanceOf(LockLostException.class).hasMessageContaining("TTL of PT30S");
    }

    @Test
    void aRenewalThatFailedIsRepeatedBeforeTheDeadline() throws Exception {
        Hold hold = client.mutex("a").tryAcquire().orElseThrow();
        wire.cutRenewals();
        time.advance(ofSeconds(25));
        assertThat(wire.renewals())
                .as("one per tick of 2.5 s, from the tenth second on")
                .isBetween(5, 7);
        hold.check();
        assertThat(hold.remaining()).isBetween(ofSeconds(4), ofSeconds(5));
    }

    @Test
    void localHandOverIsBoundedAndEachHasATokenOfItsOwn() throws Exception {
        client = open(LockOptions.DEFAULTS.withHandOvers(3));
        List<CompletableFuture<Hold>> waiting = new ArrayList<>();
        for (int i = 0; i < 9; i++) {
            waiting.add(client.mutex("a").acquireAsync(WAIT));
        }
        List<Long> tokens = new ArrayList<>();
        for (CompletableFuture<Hold> next : waiting) {
            try (Hold hold = next.get(20, TimeUnit.SECONDS)) {
                tokens.add(hold.token());
            }
        }
        long grant = 1L << 10;
        assertThat(tokens)
                .containsExactly(
                        grant,
                        grant + 1,
                        grant + 2,
                        grant + 3,
                        2 * grant,
                        2 * grant + 1,
                        2 * grant + 2,
                        2 * grant + 3,
                        3 * grant);
        assertThat(events.stream()
                        .filter(event -> event instanceof LockAcquired acquired && acquired.handedOver())
                        .count())
                .isEqualTo(6);
    }

    @Test
    void aGrantOlderThanOneTtlIsNotHandedOn() throws Exception {
        CompletableFuture<Hold> first = client.mutex("a").acquireAsync(WAIT);
        CompletableFuture<Hold> second = client.mutex("a").acquireAsync(WAIT);
        Hold held = first.get(20, TimeUnit.SECONDS);
        time.advance(ofSeconds(31));
        held.close();
        assertThat(second.get(20, TimeUnit.SECONDS).token() >> 10)
                .as("a grant of its own")
                .isEqualTo(2);
    }

    @Test
    void aGrantThatCameAfterItsOwnDeadlineIsNotDelivered() throws Exception {
        wire.holdAnswers();
        CompletableFuture<Hold> late = client.mutex("a").acquireAsync(WAIT);
        time.pause(ofSeconds(31));
        wire.releaseAnswers();
        assertThat(late).isNotDone();
        time.advance(ofSeconds(3));
        Hold hold = late.get(20, TimeUnit.SECONDS);
        assertThat(hold.remaining()).isGreaterThan(ofSeconds(25));
    }

    @Test
    void closingAFairClientGivesNoLockToItsOwnWaiters() throws Exception {
        client = open(LockOptions.DEFAULTS.withFair(true));
        Hold held = client.mutex("a").acquire(WAIT);
        List<CompletableFuture<Hold>> waiting = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            waiting.add(client.mutex("a").acquireAsync(WAIT));
        }
        client.close();
        for (CompletableFuture<Hold> ended : waiting) {
            assertThatThrownBy(() -> ended.get(20, TimeUnit.SECONDS)).hasMessageContaining("closed while waiting");
        }
        assertThat(events.stream().filter(LockAcquired.class::isInstance))
                .as("acquired")
                .hasSize(1);
        assertThat(held.isHeld()).isFalse();
    }
}
