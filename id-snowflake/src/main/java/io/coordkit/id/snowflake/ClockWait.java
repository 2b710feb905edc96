package io.coordkit.id.snowflake;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Waits, parked, for a generator's clock to reach a millisecond.
 *
 * <p>Two measures bound the wait. The clock's own is right as long as it runs; the sum of the pauses asked for is right
 * also when it stands still. The pauses grow up to a millisecond, so that a clock that stops a hair before its next
 * millisecond is not polled without end. Thread-safe.
 */
final class ClockWait {
    private static final long MIN_PAUSE_NANOS = 50_000;
    private static final long MAX_PAUSE_NANOS = 1_000_000;

    private final String tag;
    private final GeneratorClock clock;
    private final Duration patience;
    private final CoordObserver observer;

    ClockWait(String tag, GeneratorClock clock, Duration patience, CoordObserver observer) {
        this.tag = tag;
        this.clock = clock;
        this.patience = patience;
        this.observer = observer;
    }

    /**
     * Returns when the clock is at the goal, which is asked for again after each pause and may throw to end the wait.
     *
     * @throws IdUnavailableException if that takes longer than the patience
     */
    void until(LongSupplier goalMillis) {
        long began = clock.nanos();
        long paused = 0;
        long pause = MIN_PAUSE_NANOS;
        boolean interrupted = false;
        try {
            for (long missing = missing(goalMillis); missing > 0; missing = missing(goalMillis)) {
                if (Math.max(paused, clock.nanos() - began) >= patience.toNanos()) {
                    throw new IdUnavailableException(
                            tag,
                            "the clock did not reach the next millisecond within " + patience + ", it is " + missing
                                    + " ns short",
                            null);
                }
                long asked = Math.max(pause, Math.min(missing, MAX_PAUSE_NANOS));
                LockSupport.parkNanos(this, asked);
                // Left set, the flag would turn every further park into a spin.
                interrupted |= Thread.interrupted();
                paused += asked;
                pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            if (paused > 0) {
                observer.on(new CoordEvent.IdStalled(tag, "clock", Duration.ofNanos(clock.nanos() - began)));
            }
        }
    }

    private long missing(LongSupplier goalMillis) {
        return clock.nanosUntil(goalMillis.getAsLong());
    }
}
