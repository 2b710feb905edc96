package io.coordkit.txn.tcc;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.sql.H2Durability;
import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/**
 * A participant behind its guard: the table {@code coordkit_tcc_guard} in the participant's own MySQL, MariaDB or H2
 * database, created unless it exists, and written in the transaction of the business code.
 *
 * <p><b>Promised:</b> each operation takes effect at most once, however often and in whatever order it is delivered. A
 * repeat is answered like the first. A cancel without a try succeeds and changes nothing; the try that comes after it is
 * refused. A confirm without a try, another payload for the same branch, and a coordinator whose transaction was taken
 * over are refused. Contention between local transactions (deadlocks, lock timeouts) is repeated here, for at most 10 s,
 * and does not reach the coordinator.
 *
 * <p><b>Not promised:</b> the end of a reservation whose coordinator never comes back. Rows stay in the table; delete
 * those that no coordinator can still call for.
 *
 * <p>Business code runs on daemon threads of its own, which exist while there is work. Thread-safe.
 */
public final class GuardedParticipant implements BranchEndpoint {
    /** Threads unless said otherwise. */
    private static final int DEFAULT_THREADS = 8;

    private static final int MAX_QUEUE = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long FIRST_PAUSE_NANOS = 500_000;
    private static final int PAUSE_DOUBLINGS = 7;

    private final Jdbi jdbi;
    private final Guard<?> guard;
    private final ThreadPoolExecutor workers;
    private final LongSupplier ticker;

    private GuardedParticipant(Jdbi jdbi, Guard<?> guard, int threads, LongSupplier ticker) {
        this.jdbi = jdbi;
        this.guard = guard;
        this.workers = Workers.named("coordkit-participant", threads, MAX_QUEUE);
        this.ticker = ticker;
    }

    /** The participant on 8 threads. See {@link #on(DataSource, TccParticipant, PayloadReader, int)}. */
    public static <P> BranchEndpoint on(DataSource dataSource, TccParticipant<P> participant, PayloadReader<P> reader) {
        return on(dataSource, participant, reader, DEFAULT_THREADS);
    }

    /**
     * The participant on that database, which is asked at once.
     *
     * @param dataSource a pool of as many connections as there are threads, best of all
     * @param threads how many calls run at the same time, 1 or greater; more wait for their turn
     * @throws ConfigurationException if the database could lose acknowledged commits (H2 without
     *     {@code WRITE_DELAY=0}), is of another kind, or refuses the table
     * @throws BackendUnreachableException if it does not answer
     */
    public static <P> BranchEndpoint on(
            DataSource dataSource, TccParticipant<P> participant, PayloadReader<P> reader, int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be 1 or greater, was " + threads);
        }
        Jdbi jdbi = Jdbi.create(dataSource);
        try {
            GuardTable table = jdbi.withHandle(handle -> {
                H2Durability.require(handle.getConnection());
                SqlSchema.ensure(handle.getConnection(), GuardTable.NAME, GuardedParticipant.class);
                return new GuardTable(SqlDialect.of(handle.getConnection()));
            });
            return new GuardedParticipant(jdbi, new Guard<>(table, participant, reader), threads, System::nanoTime);
        } catch (ConnectionException e) {
            throw new BackendUnreachableException("The participant's database did not answer: " + e.getMessage(), e);
        } catch (SQLException e) {
            throw new ConfigurationException("The guard's table could not be opened: " + e.getMessage(), e);
        }
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
                    new TxnException(call + ": the participant is closed, or " + MAX_QUEUE + " calls are waiting", e));
        }
        return reply;
    }

    private BranchReply answer(BranchCall call) {
        long began = ticker.getAsLong();
        for (int attempt = 1; ; attempt++) {
            try {
                jdbi.useTransaction(handle -> guard.carryOut(handle, call));
                return new BranchReply.Done();
            } catch (RefusedException e) {
                return e.toReply();
            } catch (RuntimeException | SQLException e) {
                // Business code may have wrapped what the database said, so any exception is looked into.
                boolean patient = ticker.getAsLong() - began < PATIENCE.toNanos();
                if (!SqlErrors.isContention(e) || !patient) {
                    throw new TxnException(call + " failed at attempt " + attempt + ": " + e.getMessage(), e);
                }
            }
            long longest = FIRST_PAUSE_NANOS << Math.min(attempt, PAUSE_DOUBLINGS);
            LockSupport.parkNanos(this, ThreadLocalRandom.current().nextLong(longest));
        }
    }

    /** Takes no more calls; what runs or waits is finished. */
    @Override
    public void close() {
        workers.shutdown();
    }
}
