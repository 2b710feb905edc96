package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdTags;
import io.coordkit.id.RangeAllocator;
import io.coordkit.observe.CoordObserver;
import java.util.function.LongSupplier;

/**
 * Small, dense ids, cut from the ranges of a {@link RangeAllocator}. Settings: type {@code segment}, {@code jdbc-url}
 * (required), {@code user}, {@code password}, {@code step} (ids per range, default 1000).
 *
 * <p><b>Promised:</b> ids never repeat, across all processes on one store, and ascend strictly in the order of this
 * generator's calls, from one range to the next too.
 *
 * <p><b>Not promised:</b> order between processes, each of which works on a range of its own; and numbers without gaps:
 * what is left of the ranges at hand when the generator closes, or its process dies, is never issued.
 *
 * <p><b>How.</b> An id is one fetch-and-add on the current range. When half of it is gone, one background task fetches
 * the next, and repeats that with growing pauses until it succeeds. A caller notices only when both ranges are used up:
 * it then waits, parked, for at most {@link SegmentOptions#patience}. The ranges are replaced only when dry, which is
 * what keeps the order; an allocator that goes backwards is not believed. Two ranges at hand, the second requested at
 * half of the first, go back to Meituan's Leaf, 2017.
 *
 * <p>Thread-safe. At most one thread of its own, a daemon, started on demand and ended when idle or closed.
 */
public final class SegmentIds implements IdGenerator {
    private final String tag;
    private final SegmentSupply supply;
    private final Runnable onClose;

    private SegmentIds(String tag, SegmentSupply supply, Runnable onClose) {
        this.tag = tag;
        this.supply = supply;
        this.onClose = onClose;
    }

    /** A generator with default options. See {@link #over(String, RangeAllocator, SegmentOptions, CoordObserver)}. */
    public static IdGenerator over(String tag, RangeAllocator allocator, CoordObserver observer) {
        return over(tag, allocator, SegmentOptions.DEFAULTS, observer);
    }

    /**
     * A generator that takes its first range when it is first asked for an id.
     *
     * @param allocator the caller's, to be closed by the caller after the generator
     * @throws IllegalArgumentException if the tag is malformed
     */
    public static IdGenerator over(
            String tag, RangeAllocator allocator, SegmentOptions options, CoordObserver observer) {
        return over(tag, allocator, options, observer, System::nanoTime, () -> {});
    }

    static IdGenerator over(
            String tag,
            RangeAllocator allocator,
            SegmentOptions options,
            CoordObserver observer,
            LongSupplier ticker,
            Runnable onClose) {
        IdTags.require(tag);
        RangeFetch fetch = new RangeFetch(tag, allocator, observer.guarded(), ticker);
        return new SegmentIds(
                tag, new SegmentSupply(tag, fetch, options.patience(), observer.guarded(), ticker), onClose);
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public long next() {
        Segment segment = supply.current();
        long place = segment.claim(1);
        return place < segment.size() ? taken(segment, place, 1) : nextWhenDry();
    }

    private long nextWhenDry() {
        long deadline = supply.deadline();
        while (true) {
            Segment segment = supply.awaitLive(deadline);
            long place = segment.claim(1);
            if (place < segment.size()) {
                return taken(segment, place, 1);
            }
        }
    }

    private long taken(Segment segment, long place, int count) {
        if (segment.passesMiddle(place, count)) {
            supply.prefetch();
        }
        return segment.id(place);
    }

    /** As {@link IdGenerator#fill}; each range it runs through may be waited for as long as one id. */
    @Override
    public void fill(long[] ids) {
        int filled = 0;
        Segment segment = supply.current();
        while (filled < ids.length) {
            int wanted = ids.length - filled;
            long place = segment.claim(wanted);
            if (place >= segment.size()) {
                segment = supply.awaitLive(supply.deadline());
                continue;
            }
            int got = (int) Math.min(wanted, segment.size() - place);
            long first = taken(segment, place, got);
            for (int i = 0; i < got; i++) {
                ids[filled++] = first + i;
            }
        }
    }

    @Override
    public void close() {
        supply.close();
        onClose.run();
    }
}
