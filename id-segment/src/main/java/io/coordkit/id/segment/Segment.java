package io.coordkit.id.segment;

import io.coordkit.id.IdRange;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One range being used up. Its cursor runs past the end when callers find it dry, and never back, so a dry segment stays
 * dry for whoever still looks at it. Thread-safe.
 */
final class Segment {
    // Leaves the cursor as much room again to run past the end without wrapping.
    private static final long MAX_SIZE = 1L << 62;

    private final AtomicLong cursor = new AtomicLong();
    private final long first;
    private final long size;

    private Segment(long first, long size) {
        this.first = first;
        this.size = size;
    }

    /** Without ids, for before the first range and after the end. */
    static Segment empty() {
        return new Segment(0, 0);
    }

    static Segment of(IdRange range) {
        return new Segment(range.from(), Math.min(range.size(), MAX_SIZE));
    }

    /** Takes the next {@code count} places; those from {@link #size} on hold no id. */
    long claim(int count) {
        return cursor.getAndAdd(count);
    }

    long id(long place) {
        return first + place;
    }

    long size() {
        return size;
    }

    /** Whether taking {@code count} places from there on passed the middle: true for one claim only. */
    boolean passesMiddle(long place, int count) {
        long middle = size / 2;
        return place <= middle && middle < place + count;
    }

    boolean isDry() {
        return cursor.get() >= size;
    }
}
