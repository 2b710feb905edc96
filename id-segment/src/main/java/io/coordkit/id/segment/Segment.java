package io.coordkit.id.segment;

import io.coordkit.id.IdRange;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One range being used up; its own value is the cursor. It runs past the end when callers find it dry, and never back, so
 * a dry segment stays dry for whoever still looks at it. Thread-safe.
 *
 * <p>An {@link AtomicLong} itself, so that an id costs one object: that is a tenth of its price.
 */
final class Segment extends AtomicLong {
    private static final long serialVersionUID = 1L;
    // Leaves the cursor as much room again to run past the end without wrapping.
    private static final long MAX_SIZE = 1L << 62;

    private final long first;
    private final long size;
    /** Up to here a caller need not look after the supply: half of it, then all. Racy: a stale one costs a look more. */
    private long calm;

    private Segment(long first, long size) {
        this.first = first;
        this.size = size;
        calm = size / 2;
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
        return getAndAdd(count);
    }

    /** Whether a claim that ended there needs no care. */
    boolean isCalm(long end) {
        return end <= calm;
    }

    /** Whether this is the claim that passed the middle, or one of a few. */
    boolean passesMiddle() {
        boolean passes = calm < size;
        calm = size;
        return passes;
    }

    long id(long place) {
        return first + place;
    }

    long size() {
        return size;
    }

    boolean isDry() {
        return get() >= size;
    }

    long used() {
        return Math.min(get(), size);
    }

    /** Takes all that is left, so that nobody else gets any of it. */
    Optional<IdRange> drain() {
        long place = getAndSet(MAX_SIZE);
        return place < size ? Optional.of(new IdRange(first + place, first + size)) : Optional.empty();
    }
}
