package io.coordkit.txn.twophase;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.PayloadReader;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.coordinator.Workers;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnNames;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A participant in two-phase commits that does its work in a database of its own, and lets that prepare it; mostly behind
 * gRPC. A try is a prepare, a confirm a commit, a cancel a rollback.
 *
 * <p><b>Promised:</b> the work of a branch takes effect once or not at all, as its transaction is decided, through crashes
 * of this process and of the database. A repeated prepare, commit or rollback is answered like the first. What is prepared
 * and not ended asks for its outcome at the log that decides, for as long as it takes; it never ends by itself.
 *
 * <p><b>Not promised:</b> the end of a branch while its home log cannot be asked: its locks stay for that long. A late
 * prepare, after its rollback, is done again, and rolled back when the log has been asked.
 *
 * <p>Thread-safe.
 *
 * @param <P> what branches are called with
 */
public final class XaParticipant<P> implements BranchEndpoint {
    private static final Logger log = LoggerFactory.getLogger(XaParticipant.class);
    private static final String USER = "participant";
    private static final int QUEUE = 10_000;
    private static final Duration PURGE_EVERY = Duration.ofMinutes(10);

    private final OpenDatabase database;
    private final XaGuard guard;
    private final Work<P> work;
    private final PayloadReader<P> reader;
    private final SystemScheduler scheduler;
    private final ThreadPoolExecutor threads;
    /** Others than those that commit: they wait for connections, which only commits and rollbacks free. */
    private final ThreadPoolExecutor tries;

    private final AtomicInteger serial = new AtomicInteger();
    private final ConcurrentMap<BranchName, CompletableFuture<BranchReply>> atWork = new ConcurrentHashMap<>();

    /** The same at every delivery. */
    private record BranchName(String gid, String branch) {}

    /**
     * The business code. Whatever it throws rolls back what it wrote. Must be thread-safe.
     *
     * @param <P> what it is called with
     */
    @FunctionalInterface
    public interface Work<P> {
        /**
         * Writes by that handle, in the transaction that is open on it.
         *
         * @throws RefusedException if the business says no; the transaction is then aborted. Anything else thrown means
         *     "no answer", and it is called again until the transaction's deadline
         * @throws SQLException as the database reports it
         */
        void run(Handle handle, BranchCall call, P payload) throws SQLException;
    }

    private XaParticipant(OpenDatabase database, XaGuard guard, Builder<P> parts) {
        this.database = database;
        this.guard = guard;
        this.work = parts.work;
        this.reader = parts.reader;
        this.scheduler = new SystemScheduler("coordkit-xa-participant-timer");
        this.threads = Workers.named("coordkit-xa-participant", 1, Integer.MAX_VALUE);
        this.tries = Workers.named("coordkit-xa-try-" + database.name(), parts.database.maxConnections(), QUEUE);
    }

    /** The parts of a participant, to be put together. */
    public static <P> Builder<P> on(XaDatabase database, Work<P> work, PayloadReader<P> reader) {
        return new Builder<>(database, work, reader);
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        BranchName name = new BranchName(call.gid(), call.branch());
        if (call.operation() != Operation.TRY) {
            return database.work(() -> end(name, call.operation() == Operation.CONFIRM));
        }
        CompletableFuture<BranchReply> mine = new CompletableFuture<>();
        CompletableFuture<BranchReply> other = atWork.putIfAbsent(name, mine);
        if (other != null) {
            return other.copy(); // a repeat joins what is under way
        }
        CompletionStage<BranchReply> reply = CompletableFuture.supplyAsync(() -> prepare(call), tries);
        reply.whenComplete((value, failure) -> {
            atWork.remove(name);
            if (failure == null) {
                mine.complete(value);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine.copy(); // so that who no longer waits takes nothing from others
    }

    private BranchReply prepare(BranchCall call) {
        if (call.attempt() > 1
                && find(new BranchName(call.gid(), call.branch())).isPresent()) {
            return new BranchReply.Done();
        }
        XaBranch branch;
        try {
            branch = database.begin(connection -> xid(call, connection));
        } catch (RefusedException e) {
            return e.toReply();
        }
        try {
            if (!guard.isNew(branch.lent(), call.gid(), call.branch())) {
                database.forget(branch);
                return new BranchReply.Done(); // it has been committed
            }
            work.run(Jdbi.open(branch.lent()), call, reader.read(call.payload().toByteArray()));
            branch.end();
        } catch (RefusedException e) {
            database.forget(branch);
            return e.toReply();
        } catch (IOException e) {
            database.forget(branch);
            return new BranchReply.Refused(
                    BranchReply.Code.BUSINESS, call + " has a payload that cannot be read: " + e.getMessage());
        } catch (SQLException | XAException | RuntimeException e) {
            database.forget(branch);
            throw new TxnException(call + " failed and is rolled back: " + e.getMessage(), e);
        }
        BranchReply reply = database.prepare(branch.xid());
        return reply instanceof BranchReply.ReadOnly ? new BranchReply.Done() : reply;
    }

    private BranchXid xid(BranchCall call, long connection) {
        BranchXid xid = BranchXid.of(
                call.gid(),
                call.branch(),
                call.deadline(),
                connection,
                serial.incrementAndGet(),
                call.origin().home(),
                call.origin().coordinator());
        if (!xid.fits() || call.branch().contains(":")) {
            throw new RefusedException("The names of branch '" + call.branch() + "', log '" + xid.home()
                    + "' and coordinator '" + xid.coordinator() + "' do not fit into the id of a branch in a database");
        }
        return xid;
    }

    /** That branch, if it is prepared, or its connection is here. */
    private Optional<BranchXid> find(BranchName name) {
        return Stream.concat(
                        database.held().stream().filter(XaBranch::isPrepared).map(XaBranch::xid),
                        Stream.of(0).flatMap(any -> database.inDoubt().stream()))
                .filter(xid -> nameOf(xid).equals(name))
                .findFirst();
    }

    private BranchReply end(BranchName name, boolean commit) {
        boolean working = atWork.containsKey(name);
        if (working && !commit) {
            // Not a rollback: the work would go on, by a connection without a transaction.
            database.held().stream()
                    .filter(branch -> name.equals(nameOf(branch.xid())) && !branch.isPrepared())
                    .forEach(database::abort);
        }
        Optional<BranchXid> prepared = find(name);
        if (prepared.isEmpty() && working) {
            throw new TxnException(name + " is still at work: ask again", null);
        }
        return prepared.map(xid -> database.end(xid, commit)).orElseGet(BranchReply.Done::new);
    }

    private static BranchName nameOf(BranchXid xid) {
        return new BranchName(xid.gid(), xid.number());
    }

    private void purge(Duration retention) {
        try {
            int purged = database.ask(connection -> guard.purge(connection, retention));
            log.debug("{} rows of what was done {} ago were purged", purged, retention);
        } catch (SQLException | TxnException e) {
            log.warn("What was done {} ago could not be purged, tried again in {}", retention, PURGE_EVERY, e);
        } finally {
            scheduler.schedule(PURGE_EVERY, () -> threads.execute(() -> purge(retention)));
        }
    }

    /** Takes no more calls; what is prepared stays so, for the next start. Idempotent. */
    @Override
    public void close() {
        scheduler.close();
        threads.shutdown();
        tries.shutdown();
        database.close();
    }

    /**
     * Collects the parts. Defaults: outcomes are asked for every 5 s, and what was done is remembered for 8 days. Whom to
     * ask must be said. Not thread-safe.
     *
     * @param <P> what branches are called with
     */
    public static final class Builder<P> {
        private static final Duration MIN_RETENTION = Duration.ofMinutes(1);

        private final XaDatabase database;
        private final Work<P> work;
        private final PayloadReader<P> reader;
        private final Map<String, InquiryEndpoint> homes = new HashMap<>();
        private Duration askEvery = Duration.ofSeconds(5);
        private Duration retention = Duration.ofDays(8);

        private Builder(XaDatabase database, Work<P> work, PayloadReader<P> reader) {
            this.database = database;
            this.work = work;
            this.reader = reader;
        }

        /**
         * Whom to ask about transactions that the log of that name decides.
         *
         * @param home as the coordinators on that log call it
         * @param inquiries which the caller closes
         */
        public Builder<P> asks(String home, InquiryEndpoint inquiries) {
            if (homes.putIfAbsent(TxnNames.home(home), inquiries) != null) {
                throw new ConfigurationException("Two inquiry endpoints are given for home log '" + home + "'");
            }
            return this;
        }

        /**
         * How often what is prepared asks for its outcome.
         *
         * @param newAskEvery 10 ms to 1 hour
         */
        public Builder<P> askEvery(Duration newAskEvery) {
            if (newAskEvery.compareTo(Duration.ofMillis(10)) < 0 || newAskEvery.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("askEvery must be between PT0.01S and PT1H, was " + newAskEvery);
            }
            askEvery = newAskEvery;
            return this;
        }

        /**
         * How long it is remembered what was done, so that late repeats are recognised; longer than any coordinator keeps
         * finished transactions.
         *
         * @param newRetention 1 minute or longer
         */
        public Builder<P> retention(Duration newRetention) {
            if (newRetention.compareTo(MIN_RETENTION) < 0) {
                throw new IllegalArgumentException(
                        "retention must be " + MIN_RETENTION + " or longer, was " + newRetention);
            }
            retention = newRetention;
            return this;
        }

        /**
         * The participant; what it has left prepared begins to ask at once.
         *
         * @throws ConfigurationException if nobody was named to be asked, or the database cannot keep what is promised
         * @throws BackendUnreachableException if it does not answer
         */
        public XaParticipant<P> open() {
            if (homes.isEmpty()) {
                throw new ConfigurationException("Participant on '" + database.name()
                        + "' needs somebody to ask for outcomes, asks(...): what is prepared cannot end by itself");
            }
            OpenDatabase opened = OpenDatabase.open(database, USER);
            try {
                XaParticipant<P> participant = new XaParticipant<>(opened, opened.ask(XaGuard::open), this);
                new InDoubtScan(
                                opened,
                                homes,
                                any -> true,
                                BranchXid::number,
                                participant.scheduler,
                                participant.threads,
                                askEvery)
                        .start();
                participant.threads.execute(() -> participant.purge(retention));
                return participant;
            } catch (SQLException e) {
                opened.close();
                throw new BackendUnreachableException(
                        "Database '" + database.name() + "' did not answer: " + e.getMessage(), e);
            }
        }
    }
}
