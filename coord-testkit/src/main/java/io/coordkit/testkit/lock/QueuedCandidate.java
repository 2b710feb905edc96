package io.coordkit.testkit.lock;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for a lock by wake-ups alone: asks, asks again when it is woken, and says when it was granted. */
final class QueuedCandidate {
    private static final Duration RETRY = Duration.ofMillis(100);

    private final Candidacy candidacy;
    private final Queue<QueuedCandidate> granted;
    private final CompletableFuture<Void> answered = new CompletableFuture<>();
    private boolean asking;
    private boolean woken;
    private long grant;

    QueuedCandidate(LockBackend backend, String name, Duration ttl, Queue<QueuedCandidate> granted) {
        this.candidacy = backend.stand(name, ttl, this::wake);
        this.granted = granted;
    }

    /** Asks, and returns when it is granted or in the queue. */
    void enter(Duration patience) throws Exception {
        wake();
        answered.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Gives the lock back, and returns when the store knows; what it does not acknowledge is said again. */
    void leave(Duration patience) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                candidacy.abandon().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
                return;
            } catch (ExecutionException unknown) {
                if (System.nanoTime() - deadline > 0) {
                    throw unknown;
                }
            }
        }
    }

    synchronized long grant() {
        return grant;
    }

    private void wake() {
        synchronized (this) {
            woken = true;
            if (asking || grant != 0) {
                return;
            }
            asking = true;
            woken = false;
        }
        var unused = candidacy.request().whenComplete(this::onAnswer);
    }

    private void onAnswer(@Nullable Answer answer, @Nullable Throwable failure) {
        boolean again;
        synchronized (this) {
            asking = false;
            if (answer instanceof Answer.Granted given) {
                grant = given.grant();
                granted.add(this);
            }
            again = grant == 0 && woken;
        }
        if (failure != null) {
            CompletableFuture.delayedExecutor(RETRY.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(this::wake);
            return;
        }
        answered.complete(null);
        if (again) {
            wake();
        }
    }
}
