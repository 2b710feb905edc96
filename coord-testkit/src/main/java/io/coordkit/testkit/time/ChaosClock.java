package io.coordkit.testkit.time;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * A clock that does whatever clocks should not: it jumps, stands still and runs backwards. It serves as a wall clock and
 * as a ticker, which show the same time; whoever wants them to disagree takes two.
 *
 * <p>Thread-safe.
 */
public final class ChaosClock implements InstantSource, LongSupplier {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final Instant start;
    private final AtomicLong nanos = new AtomicLong();
    private volatile int speed = 1;

    /** A clock that says that time, and moves only when told to. */
    public ChaosClock(Instant start) {
        this.start = start;
    }

    /** Lets so much true time pass: the clock follows, or does not, or goes the other way. */
    public void advance(Duration by) {
        nanos.addAndGet(by.toNanos() * speed);
    }

    /** The same in nanoseconds, for those that count many steps. */
    public void advanceNanos(long by) {
        nanos.addAndGet(by * speed);
    }

    /** Sets the clock by so much, forward or back, at once. */
    public void jump(Duration by) {
        nanos.addAndGet(by.toNanos());
    }

    /** From now on the clock stands still. */
    public void freeze() {
        speed = 0;
    }

    /** From now on the clock runs backwards. */
    public void reverse() {
        speed = -1;
    }

    /** From now on the clock runs as clocks do. */
    public void run() {
        speed = 1;
    }

    @Override
    public Instant instant() {
        long now = nanos.get();
        return start.plusSeconds(Math.floorDiv(now, NANOS_PER_SECOND)).plusNanos(Math.floorMod(now, NANOS_PER_SECOND));
    }

    @Override
    public long millis() {
        return start.toEpochMilli() + Math.floorDiv(nanos.get(), NANOS_PER_MILLI);
    }

    /** The ticker, in nanoseconds. */
    @Override
    public long getAsLong() {
        return nanos.get();
    }
}
