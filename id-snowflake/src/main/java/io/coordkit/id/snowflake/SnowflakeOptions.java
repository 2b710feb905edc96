package io.coordkit.id.snowflake;

import io.coordkit.ConfigurationException;
import io.coordkit.id.IdRange;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * How Snowflake ids are made and read. All generators of a tag must have the same layout, epoch and window, and keep
 * layout and epoch for as long as there are ids: another layout or a later epoch makes old ids come again. Immutable.
 *
 * @param layout where the parts of an id are; default {@link SnowflakeLayout#DEFAULT}, 41/10/12
 * @param epoch the instant that ids count from, itself in whole seconds or milliseconds as the layout counts; default
 *     2024-01-01T00:00:00Z, with which 41/10/12 lasts until September 2093
 * @param patience how long a caller waits for a clock that stands still, or for a renewal that is late, before it gets an
 *     exception; 1 ms to 1 h, default 1 s. One unit of the layout comes on top. Waiting for the next millisecond under
 *     load takes no longer than that millisecond
 * @param borrow how far ahead of its clock a generator may go in a burst; 0 to 1 h, default 0. Ids borrowed carry a time
 *     that has not come yet. It never goes beyond what is reserved in the worker store, and is refused without one
 * @param window how far ahead of its clock the worker store lets times be reserved; 100 ms to 1 h, default 10 s. Renewed
 *     every quarter of it. A store may be down for three quarters of it without anybody noticing; a number whose owner
 *     died is free again after it; and the first owner of a number waits for as long
 * @param horizon how long the layout must last when a generator starts; default 365 days
 */
public record SnowflakeOptions(
        SnowflakeLayout layout, Instant epoch, Duration patience, Duration borrow, Duration window, Duration horizon) {
    private static final Duration MIN_PATIENCE = Duration.ofMillis(1);
    private static final Duration MIN_WINDOW = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofHours(1);

    /** Layout 41/10/12, epoch 2024-01-01T00:00:00Z, patience 1 s, no borrowing, window 10 s, horizon 365 days. */
    public static final SnowflakeOptions DEFAULTS = new SnowflakeOptions(
            SnowflakeLayout.DEFAULT,
            Instant.parse("2024-01-01T00:00:00Z"),
            Duration.ofSeconds(1),
            Duration.ZERO,
            Duration.ofSeconds(10),
            Duration.ofDays(365));

    public SnowflakeOptions {
        if (epoch.isBefore(Instant.EPOCH)
                || epoch.toEpochMilli() % layout.unit().toMillis() != 0
                || !epoch.equals(epoch.truncatedTo(ChronoUnit.MILLIS))) {
            throw new IllegalArgumentException(
                    "epoch must be a multiple of " + layout.unit() + " after " + Instant.EPOCH + ", was " + epoch);
        }
        requireBetween("patience", patience, MIN_PATIENCE, LONGEST);
        requireBetween("borrow", borrow, Duration.ZERO, LONGEST);
        requireBetween("window", window, MIN_WINDOW, LONGEST);
        if (horizon.isNegative()) {
            throw new IllegalArgumentException("horizon must not be negative, was " + horizon);
        }
    }

    private static void requireBetween(String name, Duration value, Duration least, Duration most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " must be between " + least + " and " + most + ", was " + value);
        }
    }

    /** These options with another layout. */
    public SnowflakeOptions withLayout(SnowflakeLayout newLayout) {
        return new SnowflakeOptions(newLayout, epoch, patience, borrow, window, horizon);
    }

    /** These options with another epoch. */
    public SnowflakeOptions withEpoch(Instant newEpoch) {
        return new SnowflakeOptions(layout, newEpoch, patience, borrow, window, horizon);
    }

    /** These options with another patience. */
    public SnowflakeOptions withPatience(Duration newPatience) {
        return new SnowflakeOptions(layout, epoch, newPatience, borrow, window, horizon);
    }

    /** These options with another bound on borrowing. */
    public SnowflakeOptions withBorrow(Duration newBorrow) {
        return new SnowflakeOptions(layout, epoch, patience, newBorrow, window, horizon);
    }

    /** These options with another window. */
    public SnowflakeOptions withWindow(Duration newWindow) {
        return new SnowflakeOptions(layout, epoch, patience, borrow, newWindow, horizon);
    }

    /** These options with another horizon. */
    public SnowflakeOptions withHorizon(Duration newHorizon) {
        return new SnowflakeOptions(layout, epoch, patience, borrow, window, newHorizon);
    }

    /** The first instant for which there are no ids any more. */
    public Instant expiresAt() {
        return timeOf(layout.lastUnit() + 1);
    }

    /**
     * The parts of an id.
     *
     * @throws IllegalArgumentException if it cannot be one of this layout
     */
    public SnowflakeId inspect(long id) {
        if (id < 1 || layout.unitsOfId(id) > layout.lastUnit()) {
            throw new IllegalArgumentException(id + " is not an id of the layout " + layout);
        }
        int worker = layout.workerOfId(id);
        return new SnowflakeId(
                timeOf(layout.unitsOfId(id)),
                worker >> layout.machineBits(),
                worker & (1 << layout.machineBits()) - 1,
                id & layout.sequenceMask());
    }

    /**
     * The range that holds every id whose time is not before {@code from} and before {@code to}: for
     * {@code WHERE id >= ? AND id < ?} instead of a column with an index of its own.
     *
     * @throws IllegalArgumentException if no id can have such a time
     */
    public IdRange rangeOf(Instant from, Instant to) {
        long first = Math.max(1, firstIdAt(from));
        long end = firstIdAt(to);
        if (end <= first) {
            throw new IllegalArgumentException("No id of this epoch and layout can be from [" + from + ", " + to + ")");
        }
        return new IdRange(first, end);
    }

    private long firstIdAt(Instant time) {
        long units = time.isBefore(epoch) ? 0 : unitsAt(time.plus(layout.unit()).minusNanos(1));
        if (units <= layout.lastUnit()) {
            return layout.id(layout.position(units, 0), 0);
        }
        // One past the last id, if there is such a number.
        int bits = layout.timeBits() + layout.workerBits() + layout.sequenceBits();
        return bits == Long.SIZE - 1 ? Long.MAX_VALUE : 1L << bits;
    }

    /** The unit in which that instant is; no less than -1, and no more than one past the last. */
    long unitsAt(Instant time) {
        if (time.isBefore(epoch)) {
            return -1;
        }
        if (!time.isBefore(expiresAt())) {
            return layout.lastUnit() + 1;
        }
        return (time.toEpochMilli() - epoch.toEpochMilli()) / layout.unit().toMillis();
    }

    Instant timeOf(long units) {
        return epoch.plusMillis(layout.unit().toMillis() * units);
    }

    /** Refuses a clock for which there are no ids, or soon none. */
    void requireTime(Instant now) {
        // Unit 0 is left out: there worker 0 would issue the id 0.
        if (unitsAt(now) < 1) {
            throw new ConfigurationException("The clock says " + now + ", which is not after the epoch " + epoch
                    + " of these ids: set the clock, or an earlier epoch");
        }
        if (!now.isBefore(expiresAt())) {
            throw new ConfigurationException("The clock says " + now + ", but ids of the layout " + layout
                    + " with the epoch " + epoch + " ended at " + expiresAt()
                    + ": set the clock, or a later epoch for a new kind of ids");
        }
        if (!now.plus(horizon).isBefore(expiresAt())) {
            throw new ConfigurationException("Ids of the layout " + layout + " with the epoch " + epoch + " end at "
                    + expiresAt() + ", which is less than the horizon of " + horizon + " away");
        }
    }
}
