package io.coordkit.id.snowflake;

import io.coordkit.ConfigurationException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * A generator's own time: the wall clock read once, then monotonic time. Steps of the wall clock while the generator
 * runs have no effect. Immutable and thread-safe.
 */
final class GeneratorClock {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Instant epoch;
    private final long startMillis;
    private final long startNanos;
    private final LongSupplier ticker;

    /**
     * @throws ConfigurationException if the wall clock is not after the epoch, or so long after it that no id is left
     */
    GeneratorClock(Instant epoch, InstantSource wallClock, LongSupplier ticker) {
        this.epoch = epoch;
        this.ticker = ticker;
        startNanos = ticker.getAsLong();
        Instant now = wallClock.instant();
        startMillis = now.toEpochMilli() - epoch.toEpochMilli();
        // Millisecond 0 is left out: there worker 0 would issue the id 0.
        if (startMillis < 1) {
            throw new ConfigurationException("The clock says " + now + ", which is not after the epoch " + epoch
                    + " of these ids: set the clock, or an earlier epoch");
        }
        if (startMillis > Layout.MAX_MILLIS) {
            throw new ConfigurationException("The clock says " + now + ", but ids with the epoch " + epoch
                    + " ended at " + end() + ": set the clock, or a later epoch for a new kind of ids");
        }
    }

    /** Milliseconds since the epoch. */
    long millis() {
        return startMillis + Math.floorDiv(ticker.getAsLong() - startNanos, NANOS_PER_MILLI);
    }

    /** Nanoseconds until that millisecond begins; not positive if it has begun. */
    long nanosUntil(long millis) {
        return (millis - startMillis) * NANOS_PER_MILLI - (ticker.getAsLong() - startNanos);
    }

    /** Monotonic nanoseconds with an arbitrary origin. */
    long nanos() {
        return ticker.getAsLong();
    }

    /** The last instant an id can carry. */
    Instant end() {
        return epoch.plusMillis(Layout.MAX_MILLIS);
    }
}
