package io.coordkit.id.segment;

import io.coordkit.ConfigurationException;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdTags;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.observe.CoordObserver;
import java.util.function.LongSupplier;

/**
 * Small, dense ids, cut from the ranges of a {@link RangeAllocator}; for many tags on two threads see {@link Segments}.
 *
 * <p>Settings: type {@code segment}; {@code store}, the URI of the allocator's store, for example
 * {@code jdbc:mysql://localhost/ids} ({@code jdbc-url} is another word for it; one is required), with the settings of
 * that store beside it, most often {@code user}, {@code password} and {@code step}; {@code mode} ({@code strict}, the
 * default, or {@code striped}), {@code runway}, {@code max-step} and {@code patience} (see {@link SegmentOptions}); and
 * {@code daily-digits} with {@code zone} (default {@code UTC}) for numbers that begin anew each day, see
 * {@link Segments#daily}.
 *
 * <p><b>Promised:</b> ids never repeat, across all processes on one store. In {@linkplain SegmentMode#STRICT strict}
 * mode they ascend strictly in the order of this generator's calls, from one range to the next too; an allocator whose
 * ranges do not ascend, as that of several databases, is refused. In {@linkplain SegmentMode#STRIPED striped} mode they
 * ascend within each thread if the allocator's ranges do.
 *
 * <p><b>Not promised:</b> order between processes, each of which works on ranges of its own; and numbers without gaps:
 * what is left when the generator closes goes back only if no range was given out after it, and what is left when its
 * process dies is never issued.
 *
 * <p><b>How.</b> An id is one fetch-and-add on the current range; striped, it is none, but for one a block. At the middle
 * and the end of a range it is seen how fast ids go, and if what is left would not last for {@link SegmentOptions#runway},
 * a background task fetches a range as large as the runway needs, and repeats that with growing pauses until it succeeds.
 * A caller notices only when everything is used up: it then waits, parked, for at most {@link SegmentOptions#patience}.
 * The ranges are replaced only when dry, which is what keeps the order; an allocator that goes backwards is not believed.
 * Ranges fetched ahead go back to Meituan's Leaf, 2017, a distance that grows when hungry to CosId.
 *
 * <p>Thread-safe.
 */
public final class SegmentIds implements PrefetchedIds {
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
     * @throws ConfigurationException if the mode is strict and the allocator's ranges do not ascend
     */
    public static IdGenerator over(
            String tag, RangeAllocator allocator, SegmentOptions options, CoordObserver observer) {
        Prefetcher prefetcher = new Prefetcher();
        return over(tag, allocator, options, observer, System::nanoTime, prefetcher, prefetcher::close);
    }

    static PrefetchedIds over(
            String tag,
            RangeAllocator allocator,
            SegmentOptions options,
            CoordObserver observer,
            LongSupplier ticker,
            Prefetcher prefetcher,
            Runnable onClose) {
        SegmentSupply supply = supply(tag, allocator, options, observer, ticker, prefetcher);
        return switch (options.mode()) {
            case STRICT -> new SegmentIds(tag, supply, onClose);
            case STRIPED -> new StripedIds(tag, supply, onClose);
        };
    }

    private static SegmentSupply supply(
            String tag,
            RangeAllocator allocator,
            SegmentOptions options,
            CoordObserver observer,
            LongSupplier ticker,
            Prefetcher prefetcher) {
        IdTags.require(tag);
        requireOrder(tag, allocator, options);
        CoordObserver guarded = observer.guarded();
        RangeFetch fetch = new RangeFetch(tag, allocator, guarded, ticker);
        return new SegmentSupply(tag, fetch, options, guarded, ticker, prefetcher);
    }

    static void requireOrder(String tag, RangeAllocator allocator, SegmentOptions options) {
        if (options.mode() == SegmentMode.STRICT && !allocator.guarantees().contains(RangeGuarantee.ASCENDING)) {
            throw new ConfigurationException("Ids '" + tag + "': strict order needs ranges that ascend, and those of "
                    + "several databases do not; use mode " + SegmentMode.STRIPED + " or one database");
        }
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public long next() {
        return supply.next();
    }

    /** As {@link IdGenerator#fill}; each range it runs through may be waited for as long as one id. */
    @Override
    public void fill(long[] ids) {
        supply.fill(ids, 0);
    }

    @Override
    public void prefetch() {
        supply.prefetch();
    }

    @Override
    public void close() {
        if (supply.close()) {
            onClose.run();
        }
    }
}
