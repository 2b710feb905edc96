package io.coordkit.testkit.time;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures for how long the machine left this process without a processor, by a thread that asks for one every
 * millisecond. A promise that holds "while the JVM is scheduled" can be kept no better than that.
 */
public final class Stutter implements AutoCloseable {
    private static final Duration STEP = Duration.ofMillis(1);

    private final Thread thread = new Thread(this::measure, "testkit-stutter");
    private volatile boolean closed;
    private volatile long worstNanos;

    private Stutter() {
        thread.setDaemon(true);
    }

    /** Begins to measure. */
    public static Stutter measuring() {
        Stutter stutter = new Stutter();
        stutter.thread.start();
        return stutter;
    }

    /** The longest time so far without a processor. */
    public Duration worst() {
        return Duration.ofNanos(worstNanos);
    }

    private void measure() {
        long before = System.nanoTime();
        while (!closed) {
            LockSupport.parkNanos(STEP.toNanos());
            long now = System.nanoTime();
            worstNanos = Math.max(worstNanos, now - before - STEP.toNanos());
            before = now;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
