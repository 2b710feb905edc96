package io.coordkit.testkit.lock;

import io.coordkit.time.Scheduler;
import io.coordkit.time.SystemScheduler;
import java.time.Duration;

/** The JVM's clock, and timers that stand still from some time on, as those of a process do that is stopped. */
final class PausableScheduler implements Scheduler {
    private final Scheduler timers = new SystemScheduler("testkit-pausable-timer");
    private volatile boolean paused;

    /** No timer fires any more; the clock goes on. */
    void pause() {
        paused = true;
    }

    @Override
    public long nanoTime() {
        return timers.nanoTime();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        return timers.schedule(delay, () -> {
            if (!paused) {
                task.run();
            }
        });
    }

    @Override
    public void close() {
        timers.close();
    }
}
