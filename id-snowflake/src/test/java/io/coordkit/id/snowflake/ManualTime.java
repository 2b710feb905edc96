package io.coordkit.id.snowflake;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A wall clock that can be set and a ticker that moves only when told to, in either direction. */
final class ManualTime {
    final AtomicLong nanos = new AtomicLong(123_456_789);
    volatile Instant wall = SnowflakeOptions.DEFAULTS.epoch().plus(Duration.ofDays(1000));

    void advance(Duration by) {
        nanos.addAndGet(by.toNanos());
    }
}
