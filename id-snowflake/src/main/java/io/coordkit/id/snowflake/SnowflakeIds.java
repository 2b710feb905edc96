package io.coordkit.id.snowflake;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.observe.CoordObserver;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Time-ordered ids without a store: 41 bits of milliseconds since an epoch, 10 bits of worker, 12 bits of sequence, at
 * most 4,096 ids per millisecond and worker. Settings: type {@code snowflake}, {@code worker} (0 to 1,023, required),
 * {@code epoch} (ISO-8601, see {@link SnowflakeOptions}).
 *
 * <p><b>Promised:</b> one generator's ids never repeat and ascend in the order of its calls, whatever the wall clock does
 * while it runs. No id carries a time ahead of the generator's clock, which is the wall clock at its start plus
 * monotonic time.
 *
 * <p><b>Not promised:</b> a fixed worker number is neither safe against a zombie nor against a restart. Ids repeat if two
 * processes use one worker number at the same time, or if a process starts again with a wall clock that is behind the
 * last id its predecessor issued.
 *
 * <p><b>How.</b> One atomic number holds the last position, time and sequence together; an id is one compare-and-set of
 * it, a {@link #fill} one per millisecond touched. A millisecond begins at a random sequence number in the lower half, or
 * ids issued one at a time would all be alike modulo a power of two. But after a full millisecond the next begins at 0
 * and directly behind it, even if the clock is already past it: callers that overslept make up for what they missed, for
 * up to 100 ms, and parking instead of spinning costs no throughput. After Twitter's Snowflake, 2010.
 *
 * <p><b>Waiting.</b> When the clock's millisecond is used up, callers park until the next. If the clock stands still they
 * get {@link IdUnavailableException} after {@link SnowflakeOptions#patience}. An interrupt neither ends a wait nor is it
 * lost.
 *
 * <p>Thread-safe.
 */
public final class SnowflakeIds implements IdGenerator {
    private static final long CLOSED = -1;
    private static final long ANY_TIME = 0;
    private static final long CATCH_UP_MILLIS = 100;
    private static final int RANDOM_STARTS = 1 << (Layout.SEQUENCE_BITS - 1);

    private final AtomicLong lastPosition = new AtomicLong();
    /** The millisecond that those who make up for missed time are heading for. A hint: a stale one costs only speed. */
    private volatile long backlogEnd;

    private final String tag;
    private final int workerId;
    private final GeneratorClock clock;
    private final ClockWait clockWait;

    private SnowflakeIds(String tag, int workerId, GeneratorClock clock, ClockWait clockWait) {
        this.tag = tag;
        this.workerId = workerId;
        this.clock = clock;
        this.clockWait = clockWait;
    }

    /** A generator with default options. See {@link #fixedWorker(String, int, SnowflakeOptions, CoordObserver)}. */
    public static IdGenerator fixedWorker(String tag, int workerId) {
        return fixedWorker(tag, workerId, SnowflakeOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * A generator with a worker number that nobody but the caller watches over.
     *
     * @param workerId 0 to 1,023; no two generators of one tag may run with the same
     * @throws IllegalArgumentException if the tag or the worker number is malformed
     * @throws io.coordkit.ConfigurationException if the clock is not after the epoch, or more than 69 years after it
     */
    public static IdGenerator fixedWorker(String tag, int workerId, SnowflakeOptions options, CoordObserver observer) {
        return fixedWorker(tag, workerId, options, observer, InstantSource.system(), System::nanoTime);
    }

    static IdGenerator fixedWorker(
            String tag,
            int workerId,
            SnowflakeOptions options,
            CoordObserver observer,
            InstantSource wallClock,
            LongSupplier ticker) {
        IdTags.require(tag);
        if (workerId < 0 || workerId > Layout.MAX_WORKER) {
            throw new IllegalArgumentException(
                    "workerId must be between 0 and " + Layout.MAX_WORKER + ", was " + workerId);
        }
        GeneratorClock clock = new GeneratorClock(options.epoch(), wallClock, ticker);
        return new SnowflakeIds(
                tag, workerId, clock, new ClockWait(tag, clock, options.patience(), observer.guarded()));
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public long next() {
        return Layout.id(claim(1), workerId);
    }

    @Override
    public void fill(long[] ids) {
        int filled = 0;
        while (filled < ids.length) {
            int wanted = ids.length - filled;
            long first = claim(wanted);
            long last = Layout.lastOf(first, wanted);
            for (long position = first; position <= last; position++) {
                ids[filled++] = Layout.id(position, workerId);
            }
        }
    }

    @Override
    public void close() {
        // Reads as a millisecond that is full and never passes, so that only the slow path has to know.
        lastPosition.set(CLOSED);
    }

    /** The first of up to {@code wanted} positions that are now the caller's, {@link Layout#lastOf} being the last. */
    private long claim(int wanted) {
        while (true) {
            long last = lastPosition.get();
            long first = following(last, clock.millis());
            if (first == last) {
                awaitRoom();
            } else if (lastPosition.compareAndSet(last, Layout.lastOf(first, wanted))) {
                return first;
            }
        }
    }

    /** The position to issue after {@code last}, or {@code last} itself if the clock has to move on first. */
    private long following(long last, long now) {
        boolean full = Layout.endsMillisecond(last);
        long lastMillis = Layout.millis(last);
        if (now <= lastMillis) {
            return full ? last : last + 1;
        }
        if (now > Layout.MAX_MILLIS) {
            throw new IdUnavailableException(
                    tag, "the layout has run out: its last instant was " + clock.end() + "; use a new epoch", null);
        }
        if (now - lastMillis <= CATCH_UP_MILLIS) {
            if (full) {
                backlogEnd = now;
                return Layout.position(lastMillis + 1, 0);
            }
            if (lastMillis < backlogEnd) {
                return last + 1;
            }
        }
        return Layout.position(now, ThreadLocalRandom.current().nextInt(RANDOM_STARTS));
    }

    /** Returns once there may be room. */
    private void awaitRoom() {
        clockWait.until(() -> {
            long last = lastPosition.get();
            if (last == CLOSED) {
                throw new IdUnavailableException(tag, "the generator is closed", null);
            }
            return Layout.endsMillisecond(last) ? Layout.millis(last) + 1 : ANY_TIME;
        });
    }
}
