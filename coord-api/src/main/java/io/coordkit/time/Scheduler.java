package io.coordkit.time;

import java.time.Duration;

/**
 * Monotonic time and delayed tasks: the only clock the lock core knows, so that a test can drive it by hand.
 *
 * <p>Implementations are thread-safe. Tasks must be short and must not block: one thread runs them all.
 */
public interface Scheduler extends AutoCloseable {

    /** Monotonic nanoseconds with an arbitrary origin; only differences mean anything. */
    long nanoTime();

    /**
     * Runs {@code task} once, no sooner than {@code delay} from now.
     *
     * @return a handle that withdraws the task if it has not started
     */
    Scheduled schedule(Duration delay, Runnable task);

    /** Withdraws all pending tasks and stops the thread, if it owns one. */
    @Override
    void close();

    /** One pending task. */
    @FunctionalInterface
    interface Scheduled {
        /** Withdraws the task; no effect once it has started. */
        void cancel();
    }
}
