package io.coordkit.lock.redlock;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;

/**
 * Connects to a node and has it inspected, before anything is asked of it. A failed attempt is repeated when the node
 * is needed again, but not within a second of its beginning. Thread-safe.
 */
final class NodeAdmission {
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Supplier<RedissonClient> connect;
    private final Consumer<RedissonClient> inspect;
    private final Executor threads;
    private final LongSupplier ticker;

    private @Nullable CompletableFuture<RedissonClient> attempt;
    private long attemptedAt;
    private @Nullable RedissonClient connected;
    private boolean closed;

    /**
     * @param connect blocks
     * @param inspect blocks, and throws if the node must not be used
     * @param threads runs both
     */
    NodeAdmission(
            Supplier<RedissonClient> connect, Consumer<RedissonClient> inspect, Executor threads, LongSupplier ticker) {
        this.connect = connect;
        this.inspect = inspect;
        this.threads = threads;
        this.ticker = ticker;
    }

    /** The latest attempt, begun now if there is none that is good or recent enough. */
    synchronized CompletableFuture<RedissonClient> attempt() {
        CompletableFuture<RedissonClient> latest = attempt;
        long now = ticker.getAsLong();
        if (latest == null || (latest.isCompletedExceptionally() && now - attemptedAt >= RETRY.toNanos())) {
            attemptedAt = now;
            try {
                latest = CompletableFuture.supplyAsync(this::admit, threads);
            } catch (RejectedExecutionException closing) {
                latest = CompletableFuture.failedFuture(closing);
            }
            attempt = latest;
        }
        return latest;
    }

    /** The node's client if it has been admitted, or why not. Does not wait. */
    CompletableFuture<RedissonClient> client() {
        CompletableFuture<RedissonClient> latest = attempt();
        return latest.isDone()
                ? latest
                : CompletableFuture.failedFuture(new IllegalStateException("it is still being connected"));
    }

    private RedissonClient admit() {
        RedissonClient client = connection();
        inspect.accept(client);
        return client;
    }

    private RedissonClient connection() {
        synchronized (this) {
            if (connected != null) {
                return connected;
            }
        }
        RedissonClient fresh = connect.get();
        synchronized (this) {
            if (!closed) {
                connected = fresh;
                return fresh;
            }
        }
        fresh.shutdown();
        throw new CompletionException(new IllegalStateException("the lock client is closed"));
    }

    /** No connection is made any more; the one that was made, if any. */
    @Nullable
    synchronized RedissonClient close() {
        closed = true;
        return connected;
    }
}
