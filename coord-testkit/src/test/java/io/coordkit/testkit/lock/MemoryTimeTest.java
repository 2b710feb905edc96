package io.coordkit.testkit.lock;

import static java.time.Duration.ofDays;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.time.ManualScheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Locks in memory under a clock that the test moves: everything happens on its thread, in the same order each time. */
class MemoryTimeTest {
    private final ManualScheduler time = new ManualScheduler();
    private final MemoryLocks store = MemoryLocks.under(time);

    @Test
    void everythingComesInTheSameOrderEachTime() {
        List<String> once = new MemoryTimeTest().story();
        assertThat(once)
                .contains("a has it", "a lost it", "b has it", "c has it")
                .allMatch(line -> !line.contains("on another thread"));
        for (int again = 0; again < 20; again++) {
            assertThat(new MemoryTimeTest().story()).isEqualTo(once);
        }
    }

    private List<String> story() {
        List<String> told = new ArrayList<>();
        Thread teller = Thread.currentThread();
        CoordObserver observer =
                event -> told.add(event + (Thread.currentThread() == teller ? "" : " on another thread"));
        LockOptions options = LockOptions.DEFAULTS.withFair(true);
        try (LockClient a = store.connect(options, observer);
                LockClient b = store.connect(options, observer);
                LockClient c = store.connect(options, observer)) {
            Hold first = a.mutex("x").acquireAsync(ofDays(1)).join();
            told.add("a has it");
            first.onLost(() -> told.add("a lost it"));
            CompletableFuture<Hold> second = told(told, "b has it", b.mutex("x").acquireAsync(ofDays(1)));
            CompletableFuture<Hold> third = told(told, "c has it", c.mutex("x").acquireAsync(ofDays(1)));
            time.advance(ofSeconds(100));
            first.check();
            store.forget("x");
            time.advance(ofSeconds(100));
            CompletableFuture<Void> afterSecond = second.thenAccept(Hold::close);
            CompletableFuture<Void> afterThird = third.thenAccept(Hold::close);
            time.advance(ofSeconds(100));
            CompletableFuture.allOf(afterSecond, afterThird).join();
        }
        return told;
    }

    private static CompletableFuture<Hold> told(List<String> told, String line, CompletableFuture<Hold> future) {
        return future.thenApply(hold -> {
            told.add(line);
            return hold;
        });
    }

    @Test
    void aClientThatClosesLeavesTheTimersOfTheOthersAlone() {
        LockClient closing = store.connect();
        LockClient staying = store.connect();
        Hold held = staying.mutex("x").acquireAsync(ofDays(1)).join();
        closing.mutex("y").acquireAsync(ofDays(1)).join();
        closing.close();
        time.advance(ofMinutes(5));
        held.check();
        staying.close();
    }

    @Test
    void aWaitEndsByTheClockThatIsMoved() {
        LockClient one = store.connect();
        LockClient other = store.connect();
        one.mutex("x").acquireAsync(ofDays(1)).join();
        CompletableFuture<Hold> waiting = other.mutex("x").acquireAsync(ofSeconds(5));
        time.advance(ofSeconds(5).minusNanos(1));
        assertThat(waiting).isNotDone();
        time.advance(ofSeconds(1));
        assertThat(waiting).isCompletedExceptionally();
        other.close();
        one.close();
    }
}
