package io.coordkit.id.segment;

import java.time.Duration;

/**
 * How segments are consumed. Immutable.
 *
 * <p>Defaults: strict mode, a runway of 1 min, ranges of at most 1,000,000 ids, patience 10 s.
 *
 * @param mode how the threads of a process share its ranges
 * @param runway for how long the ids at hand shall last at the rate of late; that long the allocator may be away and
 *     nobody notices. 0 to 1 day. At most {@value SegmentSupply#MAX_AHEAD} ranges are kept, whatever the rate
 * @param maxStep how many ids to wish for at once at most, 1 to 1,000,000,000. Below, the wish follows the rate; the
 *     allocator's own step is the least
 * @param patience how long a caller that finds no id left waits for the allocator before it gets an exception; 1 ms to
 *     1 h
 */
public record SegmentOptions(SegmentMode mode, Duration runway, int maxStep, Duration patience) {
    private static final Duration MAX_RUNWAY = Duration.ofDays(1);
    private static final int MAX_STEP = 1_000_000_000;
    private static final Duration MIN_PATIENCE = Duration.ofMillis(1);
    private static final Duration MAX_PATIENCE = Duration.ofHours(1);

    /** All defaults. */
    public static final SegmentOptions DEFAULTS =
            new SegmentOptions(SegmentMode.STRICT, Duration.ofMinutes(1), 1_000_000, Duration.ofSeconds(10));

    public SegmentOptions {
        if (runway.isNegative() || runway.compareTo(MAX_RUNWAY) > 0) {
            throw new IllegalArgumentException("runway must be between 0 and " + MAX_RUNWAY + ", was " + runway);
        }
        if (maxStep < 1 || maxStep > MAX_STEP) {
            throw new IllegalArgumentException("maxStep must be between 1 and " + MAX_STEP + ", was " + maxStep);
        }
        if (patience.compareTo(MIN_PATIENCE) < 0 || patience.compareTo(MAX_PATIENCE) > 0) {
            throw new IllegalArgumentException(
                    "patience must be between " + MIN_PATIENCE + " and " + MAX_PATIENCE + ", was " + patience);
        }
    }

    /** These options in another mode. */
    public SegmentOptions withMode(SegmentMode other) {
        return new SegmentOptions(other, runway, maxStep, patience);
    }

    /** These options with another runway. */
    public SegmentOptions withRunway(Duration other) {
        return new SegmentOptions(mode, other, maxStep, patience);
    }

    /** These options with another limit to what is wished for. */
    public SegmentOptions withMaxStep(int other) {
        return new SegmentOptions(mode, runway, other, patience);
    }

    /** These options with another patience. */
    public SegmentOptions withPatience(Duration other) {
        return new SegmentOptions(mode, runway, maxStep, other);
    }
}
