package io.coordkit.id.snowflake;

import io.coordkit.ConfigurationException;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLease;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Time-ordered ids from a clock, a worker number and a sequence. Settings: type {@code snowflake}, and those of
 * {@link SnowflakeProvider}.
 *
 * <p><b>Promised:</b> one generator's ids never repeat and ascend in the order of its calls, whatever clocks do. With a
 * worker number from a store ({@link #leased}) no two generators of a tag ever issue the same id, however often they are
 * killed, restarted or stopped, whatever their clocks say: no id carries a time above what the store has recorded for
 * that number beforehand, and the next owner of a number begins after that. A generator whose number was given away, as
 * after a long stop, throws {@link WorkerLeaseLostException} from then on. One whose store is down goes on until its window
 * ends, then throws {@link IdUnavailableException} until the store is back.
 *
 * <p><b>Not promised:</b> a fixed worker number, or one from a StatefulSet's ordinal, is neither safe against a zombie nor
 * against a restart. Ids repeat if two processes use one worker number at the same time, or if a process starts again
 * with a wall clock that is behind the last id its predecessor issued. What a store cannot promise is in
 * {@link WorkerLeaseSource#guarantees}.
 *
 * <p><b>Time.</b> The clock is the store's (the machine's, for a fixed number) at the latest renewal, plus monotonic time.
 * Ids never go back when it does. No id is ahead of it by more than {@link SnowflakeOptions#borrow}, which is nothing
 * unless asked for.
 *
 * <p><b>How.</b> One atomic number holds the last position, time and sequence together; an id is one compare-and-set of
 * it, a {@link #fill} one per unit touched. A unit begins at a random sequence number in the lower half, or
 * ids issued one at a time would all be alike modulo a power of two. But after a full unit the next begins at 0
 * and directly behind it, even if the clock is already past it: callers that overslept make up for what they missed, for
 * up to 100 ms, and parking instead of spinning costs no throughput. After Twitter's Snowflake, 2010.
 *
 * <p><b>Waiting.</b> When the clock's unit is used up, callers park until the next. If the clock stands still they
 * get {@link IdUnavailableException} after {@link SnowflakeOptions#patience}. An interrupt neither ends a wait nor is it
 * lost. Every call compares the clock with the reservation: the first one after a stop that outlasted it issues nothing
 * until the store has answered, and throws at the latest after a window, however long the patience is.
 *
 * <p>Thread-safe.
 */
public final class SnowflakeIds implements IdGenerator {
    private static final long CLOSED = Long.MAX_VALUE;
    private static final long NONE = -1;
    private static final long CATCH_UP_MILLIS = 100;
    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final AtomicLong lastPosition = new AtomicLong();
    /** The unit that those who make up for missed time are heading for. A hint: a stale one costs only speed. */
    private volatile long backlogEnd;

    private volatile Span span;
    private final AtomicBoolean closed = new AtomicBoolean();

    private final String tag;
    private final int worker;
    private final SnowflakeOptions options;
    private final SnowflakeLayout layout;
    private final Duration patience;
    private final long borrowUnits;
    private final long catchUpUnits;
    private final long randomStarts;
    private final LongSupplier ticker;
    private final ClockWait clockWait;
    private final LeaseKeeper keeper;
    private final Runnable onClose;

    private SnowflakeIds(
            String tag,
            WorkerLease lease,
            SnowflakeOptions options,
            CoordObserver observer,
            LongSupplier ticker,
            ClockWait clockWait,
            Runnable onClose) {
        this.tag = tag;
        this.worker = lease.worker();
        this.options = options;
        this.layout = options.layout();
        this.patience = options.patience().plus(layout.unit());
        this.borrowUnits = options.borrow().toMillis() / layout.unit().toMillis();
        this.catchUpUnits = Math.max(1, CATCH_UP_MILLIS / layout.unit().toMillis());
        this.randomStarts = 1L << (layout.sequenceBits() - 1);
        this.ticker = ticker;
        this.clockWait = clockWait;
        this.onClose = onClose;
        this.span = Span.of(lease.window(), options, ticker.getAsLong());
        this.keeper = new LeaseKeeper(
                tag,
                lease,
                options.window(),
                observer,
                window -> span = Span.of(window, options, ticker.getAsLong()),
                () -> lastPosition.set(CLOSED));
    }

    /** A generator with default options. See {@link #fixedWorker(String, int, SnowflakeOptions, CoordObserver)}. */
    public static SnowflakeIds fixedWorker(String tag, int worker) {
        return fixedWorker(tag, worker, SnowflakeOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * A generator with a worker number that nobody but the caller watches over.
     *
     * @param worker 0 to 1,023 in the default layout; no two generators of one tag may run with the same
     * @throws IllegalArgumentException if the tag or the worker number is malformed
     * @throws ConfigurationException as {@link #leased}
     */
    public static SnowflakeIds fixedWorker(String tag, int worker, SnowflakeOptions options, CoordObserver observer) {
        return leased(tag, WorkerLeases.fixed(worker), options, observer);
    }

    /**
     * A generator with a worker number from that source, ready to issue. Where nobody has had that number before this
     * waits for one window; where the last owner gave it back, not at all.
     *
     * @param source shared by any number of generators, and closed by the caller after them
     * @throws IllegalArgumentException if the tag is malformed
     * @throws ConfigurationException if the clock is not after the epoch, or the layout runs out within the horizon, or
     *     borrowing is asked for where the source has no windows
     * @throws IdUnavailableException if all numbers are taken or the store does not answer
     */
    public static SnowflakeIds leased(
            String tag, WorkerLeaseSource source, SnowflakeOptions options, CoordObserver observer) {
        return leased(tag, source, options, observer, () -> {});
    }

    static SnowflakeIds leased(
            String tag, WorkerLeaseSource source, SnowflakeOptions options, CoordObserver observer, Runnable onClose) {
        CoordObserver guarded = observer.guarded();
        SnowflakeIds ids = of(
                tag,
                source,
                options,
                guarded,
                System::nanoTime,
                ClockWait.parked(tag, System::nanoTime, guarded),
                onClose);
        ids.keeper.start();
        ids.awaitStart();
        return ids;
    }

    /** A generator whose lease is renewed by {@link #renew} alone. */
    static SnowflakeIds of(
            String tag,
            WorkerLeaseSource source,
            SnowflakeOptions options,
            CoordObserver observer,
            LongSupplier ticker,
            ClockWait clockWait,
            Runnable onClose) {
        IdTags.require(tag);
        WorkerLease lease = source.acquire(tag, options.layout().workers(), options.window());
        try {
            options.requireTime(lease.window().storeNow());
            if (lease.window().isEndless() && !options.borrow().isZero()) {
                throw new ConfigurationException("Ids '" + tag + "': a worker number that is "
                        + source.guarantees().source() + " has no window to borrow from; borrow must be PT0S, was "
                        + options.borrow());
            }
            observer.on(new CoordEvent.WorkerLeaseAcquired(
                    tag,
                    lease.worker(),
                    source.guarantees().source(),
                    lease.window().from()));
            return new SnowflakeIds(tag, lease, options, observer, ticker, clockWait, onClose);
        } catch (RuntimeException e) {
            lease.release(Instant.EPOCH);
            throw e;
        }
    }

    /** Returns when the first id can be had. */
    private void awaitStart() {
        try {
            Duration twoWindows = options.window().multipliedBy(2);
            Duration renewalWithin = twoWindows.compareTo(patience) < 0 ? patience : twoWindows;
            clockWait.until(new Room(0, renewalWithin), patience.plus(twoWindows));
        } catch (IdUnavailableException e) {
            close();
            throw e;
        }
    }

    /** Renews the lease once; false if it is lost. */
    boolean renew() {
        return keeper.renew();
    }

    @Override
    public String tag() {
        return tag;
    }

    /** Its worker number, datacenter and machine together. */
    public int worker() {
        return worker;
    }

    /** Layout, epoch and the rest. */
    public SnowflakeOptions options() {
        return options;
    }

    /** The first instant for which there are no ids any more. */
    public Instant expiresAt() {
        return options.expiresAt();
    }

    /** The parts of an id; throws as {@link SnowflakeOptions#inspect}. */
    public SnowflakeId inspect(long id) {
        return options.inspect(id);
    }

    /** The ids of a time; see {@link SnowflakeOptions#rangeOf}. */
    public IdRange rangeOf(Instant from, Instant to) {
        return options.rangeOf(from, to);
    }

    @Override
    public long next() {
        return layout.id(claim(1, 0), worker);
    }

    /**
     * The next id, and greater than that one, whichever generator of the tag has issued it: what follows from something
     * is ordered after it. Waits if that one is ahead of this generator's clock.
     *
     * @throws IdUnavailableException as {@link #next()}, or if that id is too far ahead
     * @throws IllegalArgumentException if it cannot be one of this layout
     */
    public long after(long id) {
        options.inspect(id);
        return layout.id(claim(1, layout.endOf(layout.unitsOfId(id))), worker);
    }

    @Override
    public void fill(long[] ids) {
        int filled = 0;
        while (filled < ids.length) {
            int wanted = ids.length - filled;
            long first = claim(wanted, 0);
            long last = layout.lastOf(first, wanted);
            for (long position = first; position <= last; position++) {
                ids[filled++] = layout.id(position, worker);
            }
        }
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        // Reads as a full unit that never passes, so that only the slow path has to know.
        long last = lastPosition.getAndSet(CLOSED);
        keeper.close(
                last == CLOSED
                        ? options.epoch()
                        : options.timeOf(layout.units(last) + 1).minusMillis(1));
        onClose.run();
    }

    /** The first of up to {@code wanted} positions above that one that are now the caller's, up to the unit's end. */
    private long claim(int wanted, long above) {
        while (true) {
            Span now = span;
            long last = lastPosition.get();
            long first = following(last, above, now);
            if (first == NONE) {
                clockWait.until(new Room(above, options.window()), patience);
            } else if (lastPosition.compareAndSet(last, layout.lastOf(first, wanted))) {
                return first;
            }
        }
    }

    /** The position to issue after {@code issued} and above {@code above}, or {@link #NONE} at the moment. */
    private long following(long issued, long above, Span now) {
        long last = Math.max(issued, Math.max(above, now.floor()));
        long units = now.units(ticker.getAsLong());
        long lastUnits = layout.units(last);
        boolean full = layout.endsUnit(last);
        long first;
        if (units <= lastUnits) {
            if (full && lastUnits >= units + borrowUnits) {
                return NONE;
            }
            first = last + 1;
        } else if (last == issued && units - lastUnits <= catchUpUnits && (full || lastUnits < backlogEnd)) {
            if (full) {
                backlogEnd = units;
            }
            first = last + 1;
        } else {
            first = layout.position(units, ThreadLocalRandom.current().nextLong(randomStarts));
        }
        return layout.units(first) <= now.lastUnit() ? first : NONE;
    }

    /** Whether there is room above a position. */
    private final class Room implements ClockWait.Gate {
        private final long above;
        private final Duration renewalWithin;
        private final long arrived = ticker.getAsLong();

        /** @param renewalWithin how long to wait, if what is reserved has ended, for the store to say whether it goes on */
        Room(long above, Duration renewalWithin) {
            this.above = above;
            this.renewalWithin = renewalWithin;
        }

        @Override
        public long missing() {
            Span now = span;
            long last = lastPosition.get();
            if (last == CLOSED) {
                throw ended();
            }
            if (following(last, above, now) != NONE) {
                return 0;
            }
            long needed = needed(now, last);
            if (needed > layout.lastUnit()) {
                throw new IdUnavailableException(
                        tag, "the layout has run out: it ended at " + expiresAt() + "; use a new epoch", null);
            }
            if (needed <= now.lastUnit()) {
                return now.nanosUntil(needed - borrowUnits, ticker.getAsLong());
            }
            IdUnavailableException trouble = keeper.trouble();
            if (trouble != null) {
                throw reservationEnded(now, "the latest renewal failed: " + trouble.getMessage(), trouble);
            }
            if (ticker.getAsLong() - arrived > renewalWithin.toNanos()) {
                throw reservationEnded(now, "no renewal came within " + renewalWithin, null);
            }
            return LOOK_AGAIN_NANOS;
        }

        private IdUnavailableException reservationEnded(Span now, String why, @Nullable Throwable cause) {
            return new IdUnavailableException(
                    tag,
                    "what worker number " + worker + " has reserved ended at " + options.timeOf(now.lastUnit())
                            + ", and " + why,
                    cause);
        }

        /** The unit that the next id would be in. */
        private long needed(Span now, long last) {
            long from = Math.max(Math.max(last, above), now.floor()) + 1;
            return Math.max(layout.units(from), now.units(ticker.getAsLong()));
        }

        @Override
        public String reason() {
            Span now = span;
            return needed(now, lastPosition.get()) <= now.lastUnit() ? "the next time unit" : "a renewal";
        }
    }

    private IdUnavailableException ended() {
        return keeper.trouble() instanceof WorkerLeaseLostException lost
                ? new WorkerLeaseLostException(tag, worker, lost.reason())
                : new IdUnavailableException(tag, "the generator is closed", null);
    }
}
