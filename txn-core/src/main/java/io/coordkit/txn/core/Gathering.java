package io.coordkit.txn.core;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses what is written together: what has come, and what is about to come. When several were deciding a moment ago,
 * their next decisions are waited for, for as long as a write takes at most, because they would have to wait for this one
 * to end otherwise; somebody who is alone waits for nobody. Used by one thread.
 */
final class Gathering {
    private static final Logger logger = LoggerFactory.getLogger(Gathering.class);
    private static final int MAX_TOGETHER = 1_000;
    private static final long MAX_BYTES_TOGETHER = 4 << 20;
    private static final long MAX_PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final BlockingQueue<LogRequest<?>> queue;
    private final LogRequest<?> last;
    private long expected = 1;
    private long patienceNanos;

    /** @param last nothing is taken after it */
    Gathering(BlockingQueue<LogRequest<?>> queue, LogRequest<?> last) {
        this.queue = queue;
        this.last = last;
    }

    /** Carries out one or more requests, and waits for the first. */
    void gather(LogState state, List<LogRequest<?>> together) {
        LogRequest<?> next = null;
        while (next == null) {
            next = poll(TimeUnit.HOURS.toNanos(1));
        }
        long until = System.nanoTime() + patienceNanos;
        long decisions = 0;
        while (next != null) {
            together.add(next);
            next.carryOut();
            decisions += next.isDecision() ? 1 : 0;
            if (next == last || together.size() == MAX_TOGETHER || state.bytes() > MAX_BYTES_TOGETHER) {
                return;
            }
            next = decisions > 0 && decisions < expected ? poll(until - System.nanoTime()) : queue.poll();
        }
    }

    private @Nullable LogRequest<?> poll(long nanos) {
        try {
            return queue.poll(nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            logger.debug("An interrupt of the log's own thread means nothing");
            return null;
        }
    }

    /** Learns how long it took to write these, and how many will decide again. */
    void took(long nanos, List<LogRequest<?>> together) {
        long decided = together.stream().filter(LogRequest::isDecision).count();
        if (decided > 0) {
            patienceNanos = Math.min(nanos, MAX_PATIENCE_NANOS);
            expected = decided + queue.stream().filter(LogRequest::isDecision).count();
        }
    }
}
