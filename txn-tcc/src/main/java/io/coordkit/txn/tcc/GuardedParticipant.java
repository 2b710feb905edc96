package io.coordkit.txn.tcc;

import io.coordkit.sql.SqlErrors;
import io.coordkit.time.Scheduler;
import io.coordkit.txn.PayloadReader;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A participant behind its guard: the table {@code coordkit_tcc_guard} in the participant's own MySQL, MariaDB or H2
 * database, created unless it exists, and written in the transaction of the business code.
 *
 * <p><b>Promised:</b> each operation takes effect at most once, however often and in whatever order it is delivered. A
 * repeat is answered like the first. A cancel without a try succeeds and changes nothing; the try that comes after it is
 * refused. A confirm without a try, another payload for the same branch, and a coordinator whose transaction was taken
 * over are refused. Contention between local transactions (deadlocks, lock timeouts) is repeated here, one at a time, for
 * 10 s, twice as long as coordinators wait by default, and so does not reach them. A reservation that nobody has ended
 * for the length of its TTL is asked about at the log that decides, and ended as that says; never by itself.
 *
 * <p><b>Not promised:</b> the end of a reservation while its home log cannot be asked. Rows of ended branches are deleted after
 * their retention; a repeat that comes later still is not recognised.
 *
 * <p>Business code runs on daemon threads of its own, which exist while there is work. Thread-safe.
 */
public final class GuardedParticipant implements BranchEndpoint {
    private static final Logger logger = LoggerFactory.getLogger(GuardedParticipant.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration LONGEST_WAIT_FOR_A_TURN = Duration.ofSeconds(1);
    private static final long FIRST_PAUSE_NANOS = 500_000;
    private static final int PAUSE_DOUBLINGS = 7;

    private final Jdbi jdbi;
    private final Guard<?> guard;
    private final ReservationTable reservations;
    private final ThreadPoolExecutor workers;
    private final Scheduler scheduler;
    /** Fair; whoever waits for it holds nothing in the database. */
    private final ReentrantLock rolledBack = new ReentrantLock(true);

    GuardedParticipant(
            Jdbi jdbi, Guard<?> guard, ReservationTable reservations, ThreadPoolExecutor workers, Scheduler scheduler) {
        this.jdbi = jdbi;
        this.guard = guard;
        this.reservations = reservations;
        this.workers = workers;
        this.scheduler = scheduler;
    }

    /**
     * The parts of a participant, to be put together.
     *
     * @param dataSource a pool of as many connections as there are threads, best of all
     */
    public static <P> GuardedParticipantBuilder<P> on(
            DataSource dataSource, TccParticipant<P> business, PayloadReader<P> reader) {
        return new GuardedParticipantBuilder<>(dataSource, business, reader);
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        CompletableFuture<BranchReply> reply = new CompletableFuture<>();
        try {
            workers.execute(() -> {
                // Whoever asked may have given up while this waited for its turn.
                if (!reply.isDone()) {
                    reply.completeAsync(() -> answer(call), Runnable::run);
                }
            });
        } catch (RejectedExecutionException e) {
            reply.completeExceptionally(
                    new TxnException(call + ": the participant is closed, or too many calls are waiting", e));
        }
        return reply;
    }

    /**
     * What is reserved here and neither confirmed nor cancelled, oldest first.
     *
     * @param limit how many at most, 1 or greater
     */
    public List<Reservation> reservations(int limit) {
        return jdbi.withHandle(handle -> reservations.open(handle, limit));
    }

    /** Ends a reservation as its home log has said; what fails is found again. */
    void end(BranchCall call) {
        try {
            BranchReply reply = answer(call);
            if (reply instanceof BranchReply.Refused refused) {
                logger.info("{} by its home log's word: {}", call, refused.reason());
            }
        } catch (TxnException e) {
            logger.warn("{} by its home log's word failed; its outcome is asked for again", call, e);
        }
    }

    private BranchReply answer(BranchCall call) {
        long began = scheduler.nanoTime();
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt == 1 ? carryOut(call) : inTurn(call);
            } catch (RuntimeException | SQLException e) {
                // Business code may have wrapped what the database said, so any exception is looked into.
                boolean patient = scheduler.nanoTime() - began < PATIENCE.toNanos();
                if (!SqlErrors.isContention(e) || !patient) {
                    throw new TxnException(call + " failed at attempt " + attempt + ": " + e.getMessage(), e);
                }
            }
            long longest = FIRST_PAUSE_NANOS << Math.min(attempt, PAUSE_DOUBLINGS);
            LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(longest));
        }
    }

    private BranchReply carryOut(BranchCall call) throws SQLException {
        try {
            jdbi.useTransaction(handle -> guard.carryOut(handle, call));
            return new BranchReply.Done();
        } catch (RefusedException e) {
            return e.toReply();
        }
    }

    /**
     * What was rolled back for another's sake meets only what is new, and so gets through soon. One that is stuck in its
     * turn, at a row that somebody else holds, does not hold up the others for long.
     */
    private BranchReply inTurn(BranchCall call) throws SQLException {
        boolean turn = awaitTurn();
        try {
            return carryOut(call);
        } finally {
            if (turn) {
                rolledBack.unlock();
            }
        }
    }

    private boolean awaitTurn() {
        try {
            return rolledBack.tryLock(LONGEST_WAIT_FOR_A_TURN.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Takes no more calls and asks no more questions; what runs or waits is finished. */
    @Override
    public void close() {
        scheduler.close();
        workers.shutdown();
    }
}
