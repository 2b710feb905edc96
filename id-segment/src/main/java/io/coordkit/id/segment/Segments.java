package io.coordkit.id.segment;

import io.coordkit.ConfigurationException;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdTags;
import io.coordkit.id.RangeAllocator;
import io.coordkit.observe.CoordObserver;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Generators of many tags over one allocator, which share two threads. Each keeps what {@link SegmentIds} promises.
 *
 * <p>Thread-safe. {@link #close} closes the generators, and not the allocator.
 */
public final class Segments implements AutoCloseable {
    private static final int MAX_DIGITS = 10;

    private final RangeAllocator allocator;
    private final SegmentOptions options;
    private final CoordObserver observer;
    private final InstantSource clock;
    private final LongSupplier ticker;
    private final Prefetcher prefetcher = new Prefetcher();
    private final Map<String, PrefetchedIds> open = new ConcurrentHashMap<>();
    private final Set<DailyIds> daily = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();

    private Segments(
            RangeAllocator allocator,
            SegmentOptions options,
            CoordObserver observer,
            InstantSource clock,
            LongSupplier ticker) {
        this.allocator = allocator;
        this.options = options;
        this.observer = observer;
        this.clock = clock;
        this.ticker = ticker;
    }

    /**
     * No generator yet.
     *
     * @param allocator the caller's, to be closed by the caller after this
     * @throws ConfigurationException if the mode is strict and the allocator's ranges do not ascend
     */
    public static Segments over(RangeAllocator allocator, SegmentOptions options, CoordObserver observer) {
        return over(allocator, options, observer, InstantSource.system(), System::nanoTime);
    }

    static Segments over(
            RangeAllocator allocator,
            SegmentOptions options,
            CoordObserver observer,
            InstantSource clock,
            LongSupplier ticker) {
        SegmentIds.requireOrder("*", allocator, options);
        return new Segments(allocator, options, observer, clock, ticker);
    }

    /**
     * The generator of that tag: the same one each time, until it is closed.
     *
     * @throws IllegalArgumentException if the tag is malformed
     * @throws IllegalStateException if this is closed
     */
    public IdGenerator ids(String tag) {
        return generator(tag);
    }

    private PrefetchedIds generator(String tag) {
        requireOpen();
        return open.computeIfAbsent(
                tag,
                any -> SegmentIds.over(tag, allocator, options, observer, ticker, prefetcher, () -> open.remove(tag)));
    }

    /**
     * A generator of numbers that begin anew each day, for order numbers: the date as eight digits, then as many digits
     * as given, from 1. With 6 digits the third one of 25 November 2026 is 20261125000003.
     *
     * <p>The date never goes back in one process. Each day has a tag of its own in the store, {@code tag:20261125}, whose
     * ranges are fetched from the runway before midnight on; those of days gone by may be deleted there.
     *
     * @param zone whose midnight it is
     * @param digits 1 to 10; when a day's numbers are used up there are no more until the next
     * @throws IllegalArgumentException if the tag is malformed or leaves no room for the date, or digits is out of range
     */
    public IdGenerator daily(String tag, ZoneId zone, int digits) {
        requireOpen();
        IdTags.require(tag);
        if (digits < 1 || digits > MAX_DIGITS) {
            throw new IllegalArgumentException("digits must be between 1 and " + MAX_DIGITS + ", was " + digits);
        }
        DailyIds ids =
                DailyIds.open(tag, zone, digits, clock, options.runway(), this::generator, prefetcher, daily::remove);
        daily.add(ids);
        return ids;
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new IllegalStateException("These segments are closed");
        }
    }

    /** Closes all generators: their callers are refused, and what is left of their ranges goes back. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            daily.forEach(DailyIds::close);
            open.values().forEach(IdGenerator::close);
            prefetcher.close();
        }
    }
}
