package io.coordkit.id.segment;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.function.LongSupplier;

/** Asks the allocator, and where it promises to ascend believes only what does. Not thread-safe: for one task at a time. */
final class RangeFetch {
    private final String tag;
    private final RangeAllocator allocator;
    private final CoordObserver observer;
    private final LongSupplier ticker;
    private final boolean ascending;
    private long end = 1;

    RangeFetch(String tag, RangeAllocator allocator, CoordObserver observer, LongSupplier ticker) {
        this.tag = tag;
        this.allocator = allocator;
        this.observer = observer;
        this.ticker = ticker;
        this.ascending = allocator.guarantees().contains(RangeGuarantee.ASCENDING);
    }

    /**
     * The next range.
     *
     * @throws IdUnavailableException if the allocator gave none, or one that does not lie above those before it
     */
    Segment next(long wanted) {
        long began = ticker.getAsLong();
        IdRange range = allocator.allocate(tag, wanted);
        if (ascending && range.from() < end) {
            throw new IdUnavailableException(
                    tag, "the allocator went back: ids below " + end + " were given out before it gave " + range, null);
        }
        end = range.to();
        observer.on(new CoordEvent.IdRangeAllocated(
                tag, range.from(), range.to(), Duration.ofNanos(ticker.getAsLong() - began)));
        return Segment.of(range);
    }

    /** Gives the unused end of a range back; whether it went. */
    boolean giveBack(IdRange tail) {
        return allocator.giveBack(tag, tail);
    }
}
