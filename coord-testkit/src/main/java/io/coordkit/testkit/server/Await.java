package io.coordkit.testkit.server;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what several servers must come to. */
final class Await {
    private static final Duration POLL = Duration.ofMillis(50);

    private Await() {}

    /**
     * Returns once it is true.
     *
     * @param what in the infinitive, for the message
     * @throws IllegalStateException if it does not become true in time, or the thread is interrupted
     */
    static void until(BooleanSupplier condition, Duration timeout, String what) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted()) {
                throw new IllegalStateException("Waited in vain for " + what);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }
}
