package io.coordkit.lock;

import io.coordkit.time.Scheduler.Scheduled;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who waits for one lock. He is in the {@link NamedLock}'s queue or is settled, once, as an effect of leaving
 * it.
 */
final class Waiter {
    private final long startedAt;
    private final @Nullable Duration wait;
    private final CompletableFuture<Optional<Hold>> result = new CompletableFuture<>();
    private volatile @Nullable Scheduled timer;

    private Waiter(long startedAt, @Nullable Duration wait) {
        this.startedAt = startedAt;
        this.wait = wait;
    }

    static Waiter withWait(long startedAt, Duration wait) {
        return new Waiter(startedAt, wait);
    }

    static Waiter withoutWait(long startedAt) {
        return new Waiter(startedAt, null);
    }

    long startedAt() {
        return startedAt;
    }

    boolean waits() {
        return wait != null;
    }

    /** The hold, empty when busy, or the failure. Internal: dependants must go to the callback executor. */
    CompletableFuture<Optional<Hold>> result() {
        return result;
    }

    void timer(Scheduled scheduled) {
        timer = scheduled;
        if (result.isDone()) {
            scheduled.cancel();
        }
    }

    void acquired(Hold hold) {
        result.complete(Optional.of(hold));
        stopTimer();
    }

    void busy() {
        result.complete(Optional.empty());
        stopTimer();
    }

    void failed(RuntimeException failure) {
        result.completeExceptionally(failure);
        stopTimer();
    }

    private void stopTimer() {
        Scheduled pending = timer;
        if (pending != null) {
            pending.cancel();
        }
    }
}
