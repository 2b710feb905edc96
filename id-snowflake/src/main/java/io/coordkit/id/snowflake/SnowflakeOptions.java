package io.coordkit.id.snowflake;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What Snowflake ids count from, and how long a caller waits for one. Immutable.
 *
 * @param epoch the instant that ids count milliseconds from, itself in whole milliseconds; default
 *     2024-01-01T00:00:00Z, which lasts until September 2093. Never change it for ids that are in use: a later epoch
 *     makes old ids come again
 * @param patience how long a caller waits for a clock that stands still before it gets an exception; 1 ms to 1 h,
 *     default 1 s. Waiting for the next millisecond under load takes no longer than that millisecond
 */
public record SnowflakeOptions(Instant epoch, Duration patience) {
    private static final Duration MIN_PATIENCE = Duration.ofMillis(1);
    private static final Duration MAX_PATIENCE = Duration.ofHours(1);

    /** Epoch 2024-01-01T00:00:00Z, patience 1 s. */
    public static final SnowflakeOptions DEFAULTS =
            new SnowflakeOptions(Instant.parse("2024-01-01T00:00:00Z"), Duration.ofSeconds(1));

    public SnowflakeOptions {
        if (epoch.isBefore(Instant.EPOCH) || !epoch.equals(epoch.truncatedTo(ChronoUnit.MILLIS))) {
            throw new IllegalArgumentException(
                    "epoch must be in whole milliseconds and not before " + Instant.EPOCH + ", was " + epoch);
        }
        if (patience.compareTo(MIN_PATIENCE) < 0 || patience.compareTo(MAX_PATIENCE) > 0) {
            throw new IllegalArgumentException(
                    "patience must be between " + MIN_PATIENCE + " and " + MAX_PATIENCE + ", was " + patience);
        }
    }

    /** These options with another epoch. */
    public SnowflakeOptions withEpoch(Instant newEpoch) {
        return new SnowflakeOptions(newEpoch, patience);
    }

    /** These options with another patience. */
    public SnowflakeOptions withPatience(Duration newPatience) {
        return new SnowflakeOptions(epoch, newPatience);
    }
}
