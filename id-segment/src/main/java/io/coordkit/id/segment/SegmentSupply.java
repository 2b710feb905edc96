package io.coordkit.id.segment;

import io.coordkit.CoordException;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment in use, those that follow it, and the single task that fetches. The lock is taken twice per segment and by
 * callers that found it dry, and never held during a call to the allocator or the observer. Thread-safe.
 */
final class SegmentSupply {
    /** How many segments are kept beside the one in use. */
    static final int MAX_AHEAD = 16;

    private static final Logger log = LoggerFactory.getLogger(SegmentSupply.class);
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration LAST_CALL = Duration.ofSeconds(2);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final String tag;
    private final RangeFetch fetch;
    private final Duration patience;
    private final CoordObserver observer;
    private final LongSupplier ticker;
    private final Prefetcher prefetcher;
    private volatile Segment current = Segment.empty();
    private final Deque<Segment> following = new ArrayDeque<>();
    private final Pace pace;
    private long usedBefore;
    private @Nullable RuntimeException failure;
    private long pause = FIRST_PAUSE_NANOS;
    /** From the first call to the allocator until it has given a range. */
    private boolean fetching;
    /** While a call to the allocator is under way. */
    private boolean calling;

    private boolean closed;

    SegmentSupply(
            String tag,
            RangeFetch fetch,
            SegmentOptions options,
            CoordObserver observer,
            LongSupplier ticker,
            Prefetcher prefetcher) {
        this.tag = tag;
        this.fetch = fetch;
        this.patience = options.patience();
        this.observer = observer;
        this.ticker = ticker;
        this.prefetcher = prefetcher;
        this.pace = new Pace(options.runway(), options.maxStep(), ticker.getAsLong());
    }

    Segment current() {
        return current;
    }

    /** When, on the ticker, the patience of a caller that arrives now ends. */
    long deadline() {
        return ticker.getAsLong() + patience.toNanos();
    }

    /** The next id. Short, for it is the hot path. */
    long next() {
        Segment segment = current;
        long place = segment.claim(1);
        return segment.isCalm(place + 1) ? segment.id(place) : nextWithCare(segment, place);
    }

    private long nextWithCare(Segment claimedFrom, long claimed) {
        Segment segment = claimedFrom;
        long place = claimed;
        if (place >= segment.size()) {
            long deadline = deadline();
            while (place >= segment.size()) {
                segment = awaitLive(deadline);
                place = segment.claim(1);
            }
        }
        careFor(segment, place + 1);
        return segment.id(place);
    }

    /** What a caller gets after the end. */
    IdUnavailableException refusal() {
        return new IdUnavailableException(tag, "the generator is closed", null);
    }

    /** To be called with each claim that is not calm and got ids. */
    void careFor(Segment segment, long end) {
        if (!segment.isCalm(end) && segment.passesMiddle()) {
            prefetch();
        }
    }

    /** Fills the array from there on; each segment it runs through may be waited for with full patience. */
    void fill(long[] ids, int from) {
        Segment segment = current;
        for (int filled = from; filled < ids.length; ) {
            int wanted = ids.length - filled;
            long place = segment.claim(wanted);
            if (place >= segment.size()) {
                segment = awaitLive(deadline());
                continue;
            }
            int got = (int) Math.min(wanted, segment.size() - place);
            careFor(segment, place + got);
            ascend(ids, filled, got, segment.id(place));
            filled += got;
        }
    }

    /** Apart, and plain, so that the compiler makes it as fast as the memory. */
    static void ascend(long[] ids, int from, int count, long first) {
        for (int i = 0; i < count; i++) {
            ids[from + i] = first + i;
        }
    }

    /** Sees to it that ids enough are there or on their way. */
    void prefetch() {
        lock.lock();
        try {
            look();
        } finally {
            lock.unlock();
        }
    }

    /**
     * A segment that had ids left when looked at.
     *
     * @throws IdUnavailableException if there is none by then, the caller is interrupted while waiting, or this is closed
     */
    Segment awaitLive(long deadline) {
        long began = ticker.getAsLong();
        boolean waited = false;
        lock.lock();
        try {
            long remaining = deadline - began;
            while (!advance()) {
                if (waited && !fetching && failure != null) {
                    throw unavailable("the allocator failed");
                }
                startFetch();
                if (remaining <= 0) {
                    throw unavailable("no range from the allocator within " + patience);
                }
                waited = true;
                remaining = changed.awaitNanos(remaining);
            }
            return current;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("interrupted while waiting for the allocator");
        } finally {
            lock.unlock();
            if (waited) {
                observer.on(new CoordEvent.IdStalled(tag, "allocator", Duration.ofNanos(ticker.getAsLong() - began)));
            }
        }
    }

    /**
     * Wakes and refuses all callers, and gives back what is left. Waits a moment for a call under way, so that the
     * allocator can be closed next.
     *
     * @return false if that was done before
     */
    boolean close() {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            changed.signalAll();
            awaitLastCall();
        } finally {
            lock.unlock();
        }
        // The newest first: only what nothing was given out after goes back.
        boolean back = true;
        for (Segment segment = newest(); segment != null; segment = newest()) {
            Optional<IdRange> tail = segment.drain();
            back = back && (tail.isEmpty() || giveBack(tail.get()));
        }
        return true;
    }

    /** Takes away the newest segment, at last the one in use; null when there is none left. */
    private @Nullable Segment newest() {
        lock.lock();
        try {
            Segment newest = following.pollLast();
            if (newest == null && current.size() > 0) {
                newest = current;
                current = Segment.empty();
            }
            return newest;
        } finally {
            lock.unlock();
        }
    }

    private boolean giveBack(IdRange tail) {
        try {
            return fetch.giveBack(tail);
        } catch (CoordException e) {
            log.info("Ids '{}': whether {} went back is unknown, it is not issued: {}", tag, tail, e.toString());
            return false;
        }
    }

    /** The caller has the lock. */
    private void awaitLastCall() {
        try {
            long remaining = LAST_CALL.toNanos();
            while (calling && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
            if (calling) {
                log.warn("Ids '{}': closed while the allocator had not answered for {}", tag, LAST_CALL);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the current segment, or else the next one put in its place, has ids. The caller has the lock. */
    private boolean advance() {
        if (closed) {
            throw refusal();
        }
        boolean moved = false;
        while (current.isDry()) {
            Segment next = following.poll();
            if (next == null) {
                return false;
            }
            usedBefore += current.size();
            current = next;
            moved = true;
        }
        if (moved) {
            look();
        }
        return true;
    }

    /** Fetches if what is left is too little for the pace. The caller has the lock. */
    private void look() {
        long used = current.used();
        pace.note(usedBefore + used, ticker.getAsLong());
        long remaining = current.size() - used;
        for (Segment segment : following) {
            remaining += segment.size();
        }
        boolean beyondMiddle = following.isEmpty() && used >= current.size() / 2;
        if (beyondMiddle || (following.size() < MAX_AHEAD && pace.isShort(remaining))) {
            startFetch();
        }
    }

    /** The caller has the lock. */
    private void startFetch() {
        if (!closed && !fetching) {
            fetching = prefetcher.run(this::fetch, 0);
            failure = null;
        }
    }

    /** One call to the allocator: failures of the store pass, and it is asked again; any other is a defect. */
    private void fetch() {
        long wanted;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            calling = true;
            wanted = pace.step();
        } finally {
            lock.unlock();
        }
        Segment fetched = null;
        // What is left of it if an Error is on its way up the thread: callers have to hear of it.
        RuntimeException trouble = new IllegalStateException("the fetch was cut short");
        try {
            fetched = fetch.next(wanted);
        } catch (CoordException e) {
            trouble = e;
        } catch (RuntimeException e) {
            log.error("Ids '{}': the allocator failed in a way it should not", tag, e);
            trouble = e;
        } finally {
            end(fetched, trouble);
        }
    }

    private void end(@Nullable Segment fetched, RuntimeException trouble) {
        lock.lock();
        try {
            calling = false;
            if (fetched != null) {
                following.add(fetched);
                fetching = false;
                failure = null;
                pause = FIRST_PAUSE_NANOS;
                look();
            } else {
                if (trouble instanceof CoordException && failure == null && !closed) {
                    log.warn("Ids '{}': no range from the allocator, trying again: {}", tag, trouble.toString());
                }
                failure = trouble;
                fetching = trouble instanceof CoordException && !closed && prefetcher.run(this::fetch, jittered(pause));
                pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static long jittered(long pause) {
        return ThreadLocalRandom.current().nextLong(pause / 2, pause);
    }

    private IdUnavailableException unavailable(String what) {
        return new IdUnavailableException(tag, failure == null ? what : what + ": " + failure.getMessage(), failure);
    }
}
