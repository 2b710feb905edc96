package io.coordkit.id.segment;

import java.time.Duration;

/**
 * How fast ids are used, and what follows from it. A higher rate counts at once, a lower one by half each time it is
 * measured. A burst counts as if it had taken a second, so that a short one does not order a minute's worth. Not
 * thread-safe.
 */
final class Pace {
    private static final double WINDOW_NANOS = Duration.ofSeconds(1).toNanos();

    private final long runwayNanos;
    private final long maxStep;
    private long windowStart;
    private long usedAtStart;
    private double idsPerNano;

    Pace(Duration runway, long maxStep, long now) {
        this.runwayNanos = runway.toNanos();
        this.maxStep = maxStep;
        this.windowStart = now;
    }

    /** Takes note that that many ids have been used in all by now. */
    void note(long used, long now) {
        double elapsed = now - windowStart;
        double seen = (used - usedAtStart) / Math.max(elapsed, WINDOW_NANOS);
        if (seen > idsPerNano) {
            idsPerNano = seen;
        } else if (elapsed >= WINDOW_NANOS) {
            idsPerNano = (idsPerNano + seen) / 2;
        }
        if (elapsed >= WINDOW_NANOS) {
            windowStart = now;
            usedAtStart = used;
        }
    }

    /** Whether that is less than one and a half runways: then there is one left when half a range has been used. */
    boolean isShort(long remaining) {
        return remaining < 1.5 * runway();
    }

    /** How many ids to wish for: a runway. */
    long step() {
        return Math.min(maxStep, (long) Math.ceil(runway()));
    }

    private double runway() {
        return idsPerNano * runwayNanos;
    }
}
