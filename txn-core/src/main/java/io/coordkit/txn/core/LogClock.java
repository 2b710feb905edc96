package io.coordkit.txn.core;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The clock of a log in files: the machine's when the log is opened, but later than anything the log holds, and from then
 * on by the time that has passed, so that neither a step of the machine's clock nor a restart sets it back: an abort that
 * was forgotten because its deadline was over could be followed by a commit otherwise. Thread-safe.
 */
final class LogClock {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final long baseMillis;
    private final long baseNanos;
    private final LongSupplier nanoTime;

    /** @param latestMillis the latest time that the log holds */
    LogClock(InstantSource source, LongSupplier nanoTime, long latestMillis) {
        this.baseMillis = Math.max(source.millis(), latestMillis + 1);
        this.nanoTime = nanoTime;
        this.baseNanos = nanoTime.getAsLong();
    }

    long millis() {
        return baseMillis + (nanoTime.getAsLong() - baseNanos) / NANOS_PER_MILLI;
    }

    /** In whole milliseconds. */
    Instant now() {
        return Instant.ofEpochMilli(millis());
    }
}
