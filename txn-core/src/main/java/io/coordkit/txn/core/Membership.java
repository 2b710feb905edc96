package io.coordkit.txn.core;

import io.coordkit.time.Scheduler;
import io.coordkit.time.Scheduler.Scheduled;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A coordinator's place among those that share a log: holds its lease, renewed every third of it, and knows the log's
 * clock without asking, from the last answer and the monotonic time since. That estimate is behind by at most one round
 * trip, so a deadline made from it comes early rather than late.
 *
 * <p>While the log does not answer, nothing is lost: what others claim meanwhile carries a higher epoch. Thread-safe.
 * Source: Gray and Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency",
 * 1989.
 */
public final class Membership implements AutoCloseable {
    private static final Logger logger = LoggerFactory.getLogger(Membership.class);
    private static final int RENEWALS_PER_LEASE = 3;

    private final TxnLog log;
    private final Duration lease;
    private final Scheduler scheduler;
    private final Executor threads;
    private final AtomicBoolean ticking = new AtomicBoolean();
    private volatile Runnable tick = () -> {};
    private volatile Reading reading;
    private volatile boolean replaced;
    private volatile boolean closed;
    private volatile Scheduled next = () -> {};

    /** What the log said, and when it was heard. */
    private record Reading(CoordinatorLease lease, long nanos) {}

    private Membership(TxnLog log, Duration lease, Scheduler scheduler, Executor threads, CoordinatorLease joined) {
        this.log = log;
        this.lease = lease;
        this.scheduler = scheduler;
        this.threads = threads;
        this.reading = new Reading(joined, scheduler.nanoTime());
    }

    /**
     * Joins the log under that name; an earlier start of the same name has lost its place then. Blocks for as long as
     * the log does.
     *
     * @param name unique among the coordinators that are to work at the same time
     * @param lease how long what it decided is left alone after its last sign of life
     * @param threads for what asks the log later
     * @throws TxnException if the log did not answer
     */
    public static Membership join(TxnLog log, String name, Duration lease, Scheduler scheduler, Executor threads) {
        TxnNames.coordinatorName(name);
        return new Membership(log, lease, scheduler, threads, log.join(name, lease));
    }

    /**
     * Begins to renew.
     *
     * @param newTick run on one of the threads after each renewal, for what is to be done now and then
     */
    public void start(Runnable newTick) {
        tick = newTick;
        scheduleNext();
    }

    private Duration pause() {
        return lease.dividedBy(RENEWALS_PER_LEASE);
    }

    private void scheduleNext() {
        next = scheduler.schedule(pause(), () -> threads.execute(this::renew));
    }

    private void renew() {
        if (closed) {
            return;
        }
        try {
            Optional<CoordinatorLease> renewed = log.renew(coordinator(), lease);
            if (renewed.isEmpty() && closed) {
                return;
            }
            if (renewed.isEmpty()) {
                replaced = true;
                logger.error(
                        "Coordinator '{}' was started again elsewhere under the same name: this one takes no more"
                                + " transactions. Give each its own name",
                        coordinator());
                return;
            }
            reading = new Reading(renewed.get(), scheduler.nanoTime());
            threads.execute(this::tick);
        } catch (TxnException e) {
            logger.warn(
                    "Coordinator '{}' could not renew its lease, next in {} ms; others may take over what it decided: {}",
                    coordinator(),
                    pause().toMillis(),
                    e.getMessage());
        } finally {
            if (!closed && !replaced) {
                scheduleNext();
            }
        }
    }

    /** One at a time, and apart from the renewal, which must not wait until all that others left is taken up. */
    private void tick() {
        if (closed || !ticking.compareAndSet(false, true)) {
            return;
        }
        try {
            tick.run();
        } catch (TxnException e) {
            logger.warn(
                    "Coordinator '{}' did not learn what others have left unfinished, next in {} ms: {}",
                    coordinator(),
                    pause().toMillis(),
                    e.getMessage());
        } finally {
            ticking.set(false);
        }
    }

    /** This coordinator as its log knows it. */
    public String coordinator() {
        return reading.lease().coordinator();
    }

    /** Whether a later start of the same name has taken its place. */
    public boolean isReplaced() {
        return replaced;
    }

    /** The log's clock, or a little before. */
    public Instant logTime() {
        Reading last = reading;
        return last.lease().now().plusNanos(scheduler.nanoTime() - last.nanos());
    }

    /** Stops renewing. Idempotent. */
    public void stop() {
        closed = true;
        next.cancel();
    }

    /** Stops, and ends the lease so that others need not wait for its end; blocks for as long as the log does. */
    @Override
    public void close() {
        stop();
        if (replaced) {
            return;
        }
        try {
            log.leave(coordinator());
        } catch (TxnException e) {
            logger.warn(
                    "Others take over from coordinator '{}' when its lease ends: {}", coordinator(), e.getMessage());
        }
    }
}
