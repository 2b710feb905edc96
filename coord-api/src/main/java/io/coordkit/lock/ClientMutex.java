package io.coordkit.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** The ways to wait for a lock; the lock itself is the client's {@link NamedLock}. */
final class ClientMutex implements Mutex {
    private final StandardLockClient client;
    private final LockId id;
    private final String name;

    ClientMutex(StandardLockClient client, LockId id) {
        this.client = client;
        this.id = id;
        this.name = id.name();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Optional<Hold> tryAcquire() throws InterruptedException {
        Waiter waiter = Waiter.withoutWait(client.now());
        NamedLock lock = client.enqueue(id, waiter);
        try {
            return waiter.result().get();
        } catch (InterruptedException e) {
            lock.giveUp(waiter, "interrupted");
            throw e;
        } catch (ExecutionException e) {
            throw rethrow(e);
        }
    }

    @Override
    public Optional<Hold> tryAcquire(Duration wait) throws InterruptedException {
        LockNames.checkWait(wait);
        Waiter waiter = Waiter.withWait(client.now(), wait);
        NamedLock lock = client.enqueue(id, waiter);
        try {
            try {
                return waiter.result().get(wait.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                lock.expire(waiter);
                return waiter.result().get();
            }
        } catch (InterruptedException e) {
            lock.giveUp(waiter, "interrupted");
            throw e;
        } catch (ExecutionException e) {
            throw rethrow(e);
        }
    }

    @Override
    public Hold acquire(Duration wait) throws InterruptedException {
        return tryAcquire(wait).orElseThrow(() -> busy(wait));
    }

    @Override
    public CompletableFuture<Hold> acquireAsync(Duration wait) {
        LockNames.checkWait(wait);
        Waiter waiter = Waiter.withWait(client.now(), wait);
        NamedLock lock = client.enqueue(id, waiter);
        lock.expireAfter(wait, waiter);
        CompletableFuture<Hold> promise = new CompletableFuture<>();
        var unusedEnd = promise.whenComplete((hold, failure) -> {
            if (failure != null) { // by the caller: cancelled, or timed out; no effect if it is our own
                lock.giveUp(waiter, "cancelled");
            }
        });
        var unusedDelivery = waiter.result()
                .whenCompleteAsync((hold, failure) -> deliver(promise, hold, failure, wait), client.runtime.callbacks())
                .whenComplete((hold, failure) -> undelivered(promise, failure));
        return promise;
    }

    /** The executor refused: nobody must wait for ever, nor hold what he was not told of. */
    private static void undelivered(CompletableFuture<Hold> promise, @Nullable Throwable failure) {
        if (failure != null) {
            promise.completeExceptionally(
                    failure instanceof CompletionException && failure.getCause() != null
                            ? failure.getCause()
                            : failure);
        }
    }

    @Override
    public <T, E extends Exception> T call(Duration wait, LockedBody<T, E> body) throws InterruptedException, E {
        try (Hold hold = acquire(wait)) {
            LossInterrupt interrupt = new LossInterrupt();
            hold.onLost(interrupt::fire);
            Throwable thrown = null;
            try {
                return body.run(hold);
            } catch (Exception | Error e) {
                thrown = e;
                throw e;
            } finally {
                interrupt.end();
                requireHeld(hold, thrown);
            }
        }
    }

    private static void requireHeld(Hold hold, @Nullable Throwable thrown) {
        try {
            hold.check();
        } catch (LockLostException lost) {
            if (thrown != null) {
                lost.addSuppressed(thrown);
            }
            throw lost;
        }
    }

    @Override
    public Lock asLock() {
        return new ThreadLock(this, id, client.threadLocks);
    }

    private void deliver(
            CompletableFuture<Hold> promise, Optional<Hold> hold, @Nullable Throwable failure, Duration wait) {
        if (failure != null) {
            promise.completeExceptionally(failure);
        } else if (hold.isEmpty()) {
            promise.completeExceptionally(busy(wait));
        } else if (!promise.complete(hold.get())) {
            hold.get().close();
        }
    }

    private LockTimeoutException busy(Duration wait) {
        return new LockTimeoutException(name, "stayed busy for " + wait, null);
    }

    /** The failure with the caller's stack, so that the log shows who asked. */
    private RuntimeException rethrow(ExecutionException e) {
        if (e.getCause() instanceof LockUnreachableException unreachable) {
            return new LockUnreachableException(name, unreachable.detail(), unreachable.getCause());
        }
        if (e.getCause() instanceof IllegalStateException closed) {
            return new IllegalStateException(closed.getMessage(), closed);
        }
        return new CompletionException(e.getCause());
    }
}
