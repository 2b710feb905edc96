package io.coordkit.id.segment;

import java.time.Duration;

/**
 * How segments are consumed. Immutable.
 *
 * @param patience how long a caller that finds no id left waits for the allocator before it gets an exception; 1 ms to
 *     1 h, default 10 s
 */
public record SegmentOptions(Duration patience) {
    private static final Duration MIN_PATIENCE = Duration.ofMillis(1);
    private static final Duration MAX_PATIENCE = Duration.ofHours(1);

    /** Patience 10 s. */
    public static final SegmentOptions DEFAULTS = new SegmentOptions(Duration.ofSeconds(10));

    public SegmentOptions {
        if (patience.compareTo(MIN_PATIENCE) < 0 || patience.compareTo(MAX_PATIENCE) > 0) {
            throw new IllegalArgumentException(
                    "patience must be between " + MIN_PATIENCE + " and " + MAX_PATIENCE + ", was " + patience);
        }
    }
}
