package io.coordkit.txn.tcc;

import io.coordkit.time.Scheduler;
import io.coordkit.txn.coordinator.Answers;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the outcome of reservations that nobody has ended for the length of their TTL, and ends them as their home
 * log says. The TTL is never a reason to give anything back by itself: without an answer the reservation stays, and the
 * question is repeated, exponentially more seldom, down to once in the length of the TTL (1 s at least, 10 s at most).
 *
 * <p>Several processes may sweep one table; each question is put by one of them. Thread-safe.
 */
final class Sweeper {
    private static final Logger logger = LoggerFactory.getLogger(Sweeper.class);
    private static final int BATCH = 100;
    private static final int PURGED_AT_ONCE = 1_000;
    private static final Duration PURGE_PAUSE = Duration.ofSeconds(10);
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int PAUSES_PER_TTL = 4;

    private final Jdbi jdbi;
    private final ReservationTable table;
    private final Map<String, InquiryEndpoint> homes;
    private final Scheduler scheduler;
    private final Executor threads;
    private final Consumer<BranchCall> end;
    private final Duration retention;
    private final Duration pause;
    private final RetrySchedule schedule;
    private volatile long lastPurge;

    /**
     * @param homes whom to ask, by the name of the home log
     * @param threads for what asks the participant's database
     * @param end carries out a confirm or a cancel
     */
    Sweeper(
            Jdbi jdbi,
            ReservationTable table,
            Map<String, InquiryEndpoint> homes,
            Scheduler scheduler,
            Executor threads,
            Consumer<BranchCall> end,
            Duration ttl,
            Duration retention) {
        this.jdbi = jdbi;
        this.table = table;
        this.homes = Map.copyOf(homes);
        this.scheduler = scheduler;
        this.lastPurge = scheduler.nanoTime() - PURGE_PAUSE.toNanos();
        this.threads = threads;
        this.end = end;
        this.retention = retention;
        this.pause = clamp(ttl.dividedBy(PAUSES_PER_TTL), SHORTEST_PAUSE, LONGEST_PAUSE);
        // No more seldom than that: what a dead coordinator has left should not stay much longer than its lease.
        this.schedule =
                RetrySchedule.DEFAULTS.withWaits(pause, clamp(ttl, LONGEST_PAUSE, RetrySchedule.DEFAULTS.max()));
    }

    private static Duration clamp(Duration duration, Duration shortest, Duration longest) {
        if (duration.compareTo(shortest) < 0) {
            return shortest;
        }
        return duration.compareTo(longest) > 0 ? longest : duration;
    }

    void start() {
        scheduler.schedule(pause, () -> onThread(this::sweep));
    }

    private void onThread(Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            logger.debug("The participant is closed; its reservations are left to the next start");
        }
    }

    private void sweep() {
        try {
            if (!homes.isEmpty()) {
                List<Reservation> due = jdbi.withHandle(handle -> table.due(handle, BATCH));
                due.forEach(this::inquire);
            }
            purge();
        } catch (RuntimeException e) {
            // Not only JdbiException: pools throw what they like, and reservations must not be forgotten for it.
            logger.warn("Reservations could not be looked at, next in {} ms: {}", pause.toMillis(), e.getMessage());
        } finally {
            start();
        }
    }

    /** Not with each sweep, for it goes through all rows that have ended. */
    private void purge() {
        long now = scheduler.nanoTime();
        if (now - lastPurge >= PURGE_PAUSE.toNanos()) {
            lastPurge = now;
            int purged = jdbi.withHandle(handle -> table.purge(handle, retention, PURGED_AT_ONCE));
            if (purged > 0) {
                logger.info("{} rows of branches that ended {} ago were purged", purged, retention);
            }
        }
    }

    private void inquire(Reservation reservation) {
        int attempt = reservation.inquiries() + 1;
        Duration delay =
                schedule.delay(attempt, () -> ThreadLocalRandom.current().nextDouble());
        if (!jdbi.withHandle(handle -> table.postpone(handle, reservation, delay))) {
            return;
        }
        InquiryEndpoint home = homes.get(reservation.origin().home());
        if (home == null) {
            logger.error(
                    "gid={} branch={}: nobody is known to ask about home log '{}', only {}; the reservation stays until"
                            + " this participant is given an inquiry endpoint for it, next look in {} ms",
                    reservation.gid(),
                    reservation.branch(),
                    reservation.origin().home(),
                    homes.keySet(),
                    delay.toMillis());
            return;
        }
        home.ask(reservation.inquiry())
                .whenComplete((reply, failure) -> answered(reservation, attempt, delay, reply, failure));
    }

    private void answered(
            Reservation reservation,
            int attempt,
            Duration delay,
            @Nullable InquiryReply reply,
            @Nullable Throwable failure) {
        if (failure != null || reply == null || reply instanceof InquiryReply.Undecided) {
            logger.info(
                    "gid={} branch={} inquiry {}: {}; the reservation stays, next inquiry in {} ms",
                    reservation.gid(),
                    reservation.branch(),
                    attempt,
                    failure == null ? "not decided yet" : Answers.line(null, failure),
                    delay.toMillis());
            return;
        }
        BranchCall call = reply instanceof InquiryReply.Cancel cancel
                ? reservation.ending(Operation.CANCEL, cancel.epoch(), cancel.reason())
                : reservation.ending(Operation.CONFIRM, ((InquiryReply.Confirm) reply).epoch(), "");
        logger.info(
                "gid={} branch={} inquiry {}: {}, which is now done here",
                reservation.gid(),
                reservation.branch(),
                attempt,
                reply);
        onThread(() -> end.accept(call));
    }
}
