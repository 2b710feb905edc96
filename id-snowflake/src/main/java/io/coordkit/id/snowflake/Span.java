package io.coordkit.id.snowflake;

import io.coordkit.id.WorkerWindow;

/**
 * What a generator may issue now, and the clock it goes by: the store's clock when that was granted, then monotonic time.
 * Steps of the machine's wall clock have no effect. Immutable.
 *
 * @param floor the position before the first that may be issued
 * @param lastUnit the last unit that may be issued
 * @param anchorNanos the clock at the anchor, in nanoseconds since the epoch
 * @param anchorTicks the ticker at the anchor
 */
record Span(long floor, long lastUnit, long unitNanos, long anchorNanos, long anchorTicks) {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /**
     * The span of a window.
     *
     * @param ticks the ticker after the window was told: the clock may be late by that call, but never early
     */
    static Span of(WorkerWindow window, SnowflakeOptions options, long ticks) {
        SnowflakeLayout layout = options.layout();
        // A unit that an earlier owner may have used in part is left out, and so is unit 0.
        long firstUnit = window.isEndless()
                ? options.unitsAt(window.from())
                : Math.max(1, options.unitsAt(window.from().minusMillis(1)) + 1);
        long sinceEpoch = window.storeNow().toEpochMilli() - options.epoch().toEpochMilli();
        return new Span(
                layout.endOf(firstUnit - 1),
                Math.min(layout.lastUnit(), options.unitsAt(window.until())),
                options.layout().unit().toNanos(),
                sinceEpoch * NANOS_PER_MILLI,
                ticks);
    }

    /** Units since the epoch. */
    long units(long ticks) {
        return Math.floorDiv(anchorNanos + (ticks - anchorTicks), unitNanos);
    }

    /** Nanoseconds until that unit begins; not positive if it has begun. */
    long nanosUntil(long units, long ticks) {
        return units * unitNanos - anchorNanos - (ticks - anchorTicks);
    }
}
