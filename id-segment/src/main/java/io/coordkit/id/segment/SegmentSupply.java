package io.coordkit.id.segment;

import io.coordkit.CoordException;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment in use, the one that follows it, and the single task that fetches. The lock is taken once per segment and
 * by callers that found it dry, and never held during a call to the allocator or the observer. Thread-safe.
 */
final class SegmentSupply {
    private static final Logger log = LoggerFactory.getLogger(SegmentSupply.class);
    private static final long FIRST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();
    private static final long MAX_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();
    private static final Duration IDLE_THREAD = Duration.ofSeconds(10);
    private static final Duration LAST_FETCH = Duration.ofSeconds(2);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final String tag;
    private final RangeFetch fetch;
    private final Duration patience;
    private final CoordObserver observer;
    private final LongSupplier ticker;
    private final ThreadPoolExecutor executor;
    private volatile Segment current = Segment.empty();
    private @Nullable Segment following;
    private @Nullable RuntimeException failure;
    private boolean fetching;
    private boolean closed;

    SegmentSupply(String tag, RangeFetch fetch, Duration patience, CoordObserver observer, LongSupplier ticker) {
        this.tag = tag;
        this.fetch = fetch;
        this.patience = patience;
        this.observer = observer;
        this.ticker = ticker;
        executor = new ThreadPoolExecutor(
                1, 1, IDLE_THREAD.toSeconds(), TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "coordkit-segment-" + tag);
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    Segment current() {
        return current;
    }

    /** When, on the ticker, the patience of a caller that arrives now ends. */
    long deadline() {
        return ticker.getAsLong() + patience.toNanos();
    }

    /** Sees to it that a following segment is there or on its way. */
    void prefetch() {
        lock.lock();
        try {
            startFetch();
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

    /** Wakes and refuses all callers; waits a moment for a fetch under way, so that the allocator can be closed next. */
    void close() {
        lock.lock();
        try {
            closed = true;
            current = Segment.empty();
            following = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        // No interrupt: it would tear down the file of an embedded H2 under everyone else.
        executor.shutdown();
        try {
            if (!executor.awaitTermination(LAST_FETCH.toNanos(), TimeUnit.NANOSECONDS)) {
                log.warn("Ids '{}': closed while the allocator had not answered for {}", tag, LAST_FETCH);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether the current segment, or else the following one put in its place, has ids. The caller has the lock. */
    private boolean advance() {
        if (closed) {
            throw new IdUnavailableException(tag, "the generator is closed", null);
        }
        if (current.isDry() && following != null) {
            current = following;
            following = null;
        }
        return !current.isDry();
    }

    /** The caller has the lock. */
    private void startFetch() {
        if (!closed && !fetching && following == null) {
            executor.execute(this::fetch);
            fetching = true;
            failure = null;
        }
    }

    /** Fetches until it has one: failures of the store pass, any other is a defect and ends it. */
    private void fetch() {
        RuntimeException defect = null;
        Segment fetched = null;
        try {
            for (long pause = FIRST_PAUSE_NANOS; fetched == null; pause = Math.min(2 * pause, MAX_PAUSE_NANOS)) {
                try {
                    fetched = fetch.next();
                } catch (CoordException e) {
                    if (!pauseAfter(e, pause)) {
                        return;
                    }
                }
            }
        } catch (RuntimeException e) {
            log.error("Ids '{}': the allocator failed in a way it should not", tag, e);
            defect = e;
        } finally {
            end(fetched, defect);
        }
    }

    private void end(@Nullable Segment fetched, @Nullable RuntimeException defect) {
        lock.lock();
        try {
            fetching = false;
            following = closed ? null : fetched;
            failure = defect;
            if (fetched == null && failure == null) {
                // An Error is on its way up the thread. Callers have to hear of it, or they would start the next at
                // once.
                failure = new IllegalStateException("the fetch was cut short");
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns after about that long; false if there is no use in trying again. */
    private boolean pauseAfter(CoordException e, long pause) {
        lock.lock();
        try {
            if (failure == null && !closed) {
                log.warn("Ids '{}': no range from the allocator, trying again: {}", tag, e.toString());
            }
            failure = e;
            long remaining = ThreadLocalRandom.current().nextLong(pause / 2, pause);
            while (!closed && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
            return !closed;
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    private IdUnavailableException unavailable(String what) {
        return new IdUnavailableException(tag, failure == null ? what : what + ": " + failure.getMessage(), failure);
    }
}
