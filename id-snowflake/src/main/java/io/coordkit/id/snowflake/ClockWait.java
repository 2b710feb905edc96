package io.coordkit.id.snowflake;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Waits, parked, until a generator can issue.
 *
 * <p>Two measures bound the wait. The clock's own is right as long as it runs; the sum of the pauses asked for is right
 * also when it stands still or jumps. The pauses grow, so that a clock that stops a hair before its goal is not polled
 * without end. Thread-safe.
 */
final class ClockWait {
    private static final long MIN_PAUSE_NANOS = 50_000;
    private static final long MAX_PAUSE_NANOS = 1_000_000;

    private final String tag;
    private final LongSupplier ticker;
    private final LongConsumer park;
    private final CoordObserver observer;

    /** @param park waits for about so many nanoseconds, or less */
    ClockWait(String tag, LongSupplier ticker, LongConsumer park, CoordObserver observer) {
        this.tag = tag;
        this.ticker = ticker;
        this.park = park;
        this.observer = observer;
    }

    /** Waits as threads do. */
    static ClockWait parked(String tag, LongSupplier ticker, CoordObserver observer) {
        return new ClockWait(tag, ticker, nanos -> LockSupport.parkNanos(tag, nanos), observer);
    }

    /** Why there is nothing to issue, if there is not. */
    interface Gate {
        /** Nanoseconds after which it is worth to look again; not positive if it is open. May throw to end the wait. */
        long missing();

        /** What is waited for. */
        String reason();
    }

    /**
     * Returns when the gate is open.
     *
     * @throws IdUnavailableException if that takes longer than the patience
     */
    void until(Gate gate, Duration patience) {
        long began = ticker.getAsLong();
        long paused = 0;
        long pause = MIN_PAUSE_NANOS;
        boolean interrupted = false;
        try {
            for (long missing = gate.missing(); missing > 0; missing = gate.missing()) {
                if (Math.max(paused, ticker.getAsLong() - began) >= patience.toNanos()) {
                    throw new IdUnavailableException(
                            tag,
                            gate.reason() + " did not come within " + patience + ", it is " + missing + " ns short",
                            null);
                }
                long asked = Math.max(pause, Math.min(missing, MAX_PAUSE_NANOS));
                park.accept(asked);
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
                observer.on(new CoordEvent.IdStalled(
                        tag, gate.reason(), Duration.ofNanos(Math.max(0, ticker.getAsLong() - began))));
            }
        }
    }
}
