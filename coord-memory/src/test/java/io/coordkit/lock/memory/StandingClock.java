package io.coordkit.lock.memory;

import io.coordkit.time.Scheduler;
import java.time.Duration;

/** Time that does not pass. */
final class StandingClock implements Scheduler {
    @Override
    public long nanoTime() {
        return 0;
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable task) {
        return () -> {};
    }

    @Override
    public void close() {}
}
