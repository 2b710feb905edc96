package io.coordkit.txn.twophase;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.Payload;
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
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A participant in two-phase and three-phase commits that does its work in a database of its own, and lets that prepare
 * it; mostly behind gRPC. A try is a prepare, a confirm a commit, a cancel a rollback.
 *
 * <p><b>Promised:</b> the work of a branch takes effect once or not at all, as its transaction is decided, through crashes
 * of this process and of the database. A repeated prepare, commit or rollback is answered like the first; a prepare with
 * another payload is refused. What is prepared and not ended asks for its outcome at the log that decides, for as long as
 * it takes; in a two-phase commit it never ends by itself. A commit of what somebody else has rolled back, or the other way
 * round, is refused as a heuristic outcome, for the retention.
 *
 * <p><b>Not promised:</b> the end of a branch of a two-phase commit while its home log cannot be asked: its locks stay for
 * that long. A late prepare, after its rollback, is done again, and rolled back when the log has been asked. In a
 * three-phase commit, for which {@link Builder#endsAlone} must be set: that a branch which ended by itself did what was
 * decided.
 *
 * <p>Thread-safe.
 *
 * @param <P> what branches are called with
 */
public final class XaParticipant<P> implements BranchEndpoint {
    private static final Logger log = LoggerFactory.getLogger(XaParticipant.class);
    /** No log has that name, for the space in it. */
    private static final String USER = "its participants";

    private static final int QUEUE = 10_000;
    /** For looking through what is prepared, for asking about what ended by itself, and for purging. */
    private static final int HOUSEKEEPERS = 3;

    private static final Duration PURGE_EVERY = Duration.ofMinutes(10);

    private final OpenDatabase database;
    /** By which its branches are told from others on the same server. */
    private final Set<String> homes;

    private final XaGuard guard;
    private final Work<P> work;
    private final PayloadReader<P> reader;
    private final Duration retention;
    private final boolean readOnly;
    private final SystemScheduler scheduler;
    private final ThreadPoolExecutor threads;
    /** Others than those that commit: they wait for connections, which only commits and rollbacks free. */
    private final ThreadPoolExecutor tries;

    private final @Nullable ThreePhaseBranches threePhase;
    private final InDoubtScan scan;

    private final AtomicInteger serial = new AtomicInteger();
    private final ConcurrentMap<BranchName, Voting> atWork = new ConcurrentHashMap<>();

    /** A branch that is about to vote. */
    private record Voting(Payload payload, CompletableFuture<BranchReply> reply) {}

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

    private XaParticipant(OpenDatabase database, Builder<P> parts) throws SQLException {
        this.database = database;
        this.homes = Set.copyOf(parts.homes.keySet());
        this.guard = database.ask(XaGuard::open);
        this.work = parts.work;
        this.reader = parts.reader;
        this.retention = parts.retention;
        this.readOnly = parts.readOnly;
        this.scheduler = new SystemScheduler("coordkit-xa-participant-timer");
        this.threads = Workers.forChores("coordkit-xa-participant", HOUSEKEEPERS);
        this.tries = Workers.named("coordkit-xa-try-" + database.name(), parts.database.maxConnections(), QUEUE);
        this.threePhase = parts.alone == null || parts.readOnly
                ? null
                : ThreePhaseBranches.open(database, parts.homes, parts.alone, scheduler, threads, parts.askEvery);
        this.scan = new InDoubtScan(
                database,
                threePhase == null ? parts.homes : threePhase.homes(),
                database::isOurs,
                any -> true,
                BranchXid::number,
                scheduler,
                threads,
                parts.askEvery);
    }

    private void start() {
        scan.start();
        threads.execute(this::purge);
    }

    /** The parts of a participant, to be put together. */
    public static <P> Builder<P> on(XaDatabase database, Work<P> work, PayloadReader<P> reader) {
        return new Builder<>(database, work, reader);
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        return switch (call.operation()) {
            case TRY, CAN_COMMIT -> vote(call);
            case PRE_COMMIT -> database.work(() -> preCommit(call));
            case CONFIRM -> database.work(() -> decided(call, true));
            case CANCEL -> database.work(() -> decided(call, false));
        };
    }

    private CompletionStage<BranchReply> vote(BranchCall call) {
        if (!isKnown(call.origin().home())) {
            return CompletableFuture.completedStage(new BranchReply.Refused(
                    BranchReply.Code.UNSUPPORTED,
                    "participant '" + call.participant() + "' could not ask log '"
                            + call.origin().home() + "', which decides, for the outcome: it knows " + homes
                            + "; give the coordinators that home(...), or the participant that asks(...)"));
        }
        BranchName name = BranchName.of(call);
        CompletableFuture<BranchReply> mine = new CompletableFuture<>();
        Voting other = atWork.putIfAbsent(name, new Voting(call.payload(), mine));
        if (other != null) { // a repeat joins what is under way
            return other.payload().equals(call.payload())
                    ? other.reply().copy()
                    : CompletableFuture.completedStage(anotherPayload(call));
        }
        CompletionStage<BranchReply> reply = tried(call);
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

    private boolean isKnown(String home) {
        return homes.contains(home);
    }

    private CompletionStage<BranchReply> tried(BranchCall call) {
        try {
            return CompletableFuture.supplyAsync(
                    () -> call.operation() == Operation.TRY ? prepare(call) : canCommit(call), tries);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedStage(
                    new TxnException("Participant '" + call.participant() + "' has too much to do: ask again", e));
        }
    }

    private static BranchReply anotherPayload(BranchCall call) {
        return new BranchReply.Refused(
                BranchReply.Code.PAYLOAD_MISMATCH,
                call + " has another payload than this branch was called with before");
    }

    private BranchReply canCommit(BranchCall call) {
        if (readOnly) {
            return prepare(call); // which leaves nothing that could end alone
        }
        if (threePhase == null) {
            return new BranchReply.Refused(
                    BranchReply.Code.UNSUPPORTED,
                    "participant '" + call.participant()
                            + "' takes no part in three-phase commits: it was not told how long to wait, endsAlone(...)");
        }
        return threePhase.enter(call).orElseGet(() -> prepare(call));
    }

    private BranchReply preCommit(BranchCall call) {
        if (readOnly) {
            return new BranchReply.Done();
        }
        if (threePhase == null || find(BranchName.of(call)).isEmpty()) {
            return new BranchReply.Refused(
                    BranchReply.Code.WRONG_STATE, call + " found nothing that is prepared for it");
        }
        return threePhase.preCommit(call);
    }

    private BranchReply decided(BranchCall call, boolean commit) {
        Optional<BranchReply> contradiction = threePhase == null ? Optional.empty() : threePhase.decided(call, commit);
        return contradiction.orElseGet(() -> end(call, commit));
    }

    private BranchReply prepare(BranchCall call) {
        BranchName name = BranchName.of(call);
        if (call.attempt() > 1 && find(name).isPresent()) {
            return repeated(call, name);
        }
        XaBranch branch;
        try {
            branch = database.begin(connection -> xid(call, connection), readOnly);
        } catch (RefusedException e) {
            return e.toReply();
        }
        boolean worked = false;
        try {
            if (!readOnly && !guard.isNew(branch.lent(), name, call.payload())) {
                return repeated(call, name); // it has been committed
            }
            work.run(Jdbi.open(branch.lent()), call, reader.read(call.payload().toByteArray()));
            branch.end();
            requireNotLeft(call);
            worked = true;
        } catch (RefusedException e) {
            return e.toReply();
        } catch (IOException e) {
            return new BranchReply.Refused(
                    BranchReply.Code.BUSINESS, call + " has a payload that cannot be read: " + e.getMessage());
        } catch (SQLException | XAException | RuntimeException e) {
            throw new TxnException(call + " failed and is rolled back: " + e.getMessage(), e);
        } finally {
            if (!worked) {
                database.forget(branch);
            }
        }
        BranchReply reply = database.prepare(branch.xid());
        if (readOnly && reply instanceof BranchReply.Done) {
            BranchReply unusedReply = database.end(branch.xid(), false);
            return new BranchReply.Refused(
                    BranchReply.Code.BUSINESS, call + " has written or locked rows, although it was to read only");
        }
        return reply;
    }

    /** What to say to the prepare of what is prepared or done. */
    private BranchReply repeated(BranchCall call, BranchName name) {
        return ask(name, connection -> guard.hadAnotherPayload(connection, name, call.payload()))
                ? anotherPayload(call)
                : new BranchReply.Done();
    }

    private boolean ask(BranchName name, OpenDatabase.Question<Boolean> question) {
        try {
            return database.ask(question);
        } catch (SQLException e) {
            throw new TxnException("Database '" + database.name() + "' did not say what became of " + name, e);
        }
    }

    /** A cancel has come, that has found nothing to roll back; after the vote it would find that. */
    private void requireNotLeft(BranchCall call) {
        if (call.operation() == Operation.CAN_COMMIT && threePhase != null && threePhase.isLeft(call)) {
            throw new RefusedException(BranchReply.Code.LATE_TRY, call + " came with its own cancel");
        }
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
        if (!xid.leavesRoomForOwner() || call.branch().contains(":")) {
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
                .filter(xid -> database.isOurs(xid) && BranchName.of(xid).equals(name))
                .findFirst();
    }

    private BranchReply end(BranchCall call, boolean commit) {
        BranchName name = BranchName.of(call);
        Supplier<BranchReply> unknown = () -> commit ? committed(call, name) : rolledBack(name);
        boolean working = atWork.containsKey(name);
        if (working && !commit) {
            // Not a rollback: the work would go on, by a connection without a transaction.
            database.held().stream()
                    .filter(branch -> name.equals(BranchName.of(branch.xid())) && !branch.isPrepared())
                    .forEach(database::abort);
        }
        Optional<BranchXid> prepared = find(name);
        if (prepared.isEmpty() && working) {
            throw new TxnException(name + " is still at work: ask again", null);
        }
        return prepared.map(xid -> database.end(xid, commit, unknown)).orElseGet(unknown);
    }

    /** What to say of the rollback of a branch that is not prepared. */
    private BranchReply rolledBack(BranchName name) {
        return !readOnly && ask(name, connection -> guard.isDone(connection, name))
                ? new BranchReply.Refused(
                        BranchReply.Code.HEURISTIC,
                        name + " is done in database '" + database.name() + "': somebody else has committed it")
                : new BranchReply.Done();
    }

    /** What to say of the commit of a branch that is not prepared: only what its row proves, as long as that is kept. */
    private BranchReply committed(BranchCall call, BranchName name) {
        if (readOnly || ask(name, connection -> guard.isDone(connection, name))) {
            return new BranchReply.Done();
        }
        if (call.deadline().plus(retention).isBefore(Instant.now())) {
            log.warn("{} is taken for committed: it is longer ago than the retention of {}", name, retention);
            return new BranchReply.Done();
        }
        return new BranchReply.Refused(
                BranchReply.Code.HEURISTIC,
                name + " is neither prepared nor done in database '" + database.name()
                        + "': somebody else has rolled it back");
    }

    /** The branches that are prepared and wait for their outcome, as of the last look, the oldest first. */
    public List<InDoubt> inDoubt() {
        return scan.waiting();
    }

    /**
     * The branches of three-phase commits that have ended by themselves, the latest first, and whether that was what had
     * been decided. They are kept until that is known, and for the retention.
     *
     * @param limit how many at most, 1 or greater
     * @throws TxnException if the database does not answer
     */
    public List<LoneEnding> endedAlone(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or greater, was " + limit);
        }
        return threePhase == null ? List.of() : threePhase.alone(limit);
    }

    private void purge() {
        try {
            int purged = database.ask(connection -> guard.purge(connection, retention));
            if (threePhase != null) {
                purged += threePhase.purge(retention);
            }
            log.debug("{} rows of what was done {} ago were purged", purged, retention);
        } catch (SQLException | RuntimeException e) {
            log.warn("What was done {} ago could not be purged, tried again in {}", retention, PURGE_EVERY, e);
        } finally {
            scheduler.schedule(PURGE_EVERY, () -> threads.execute(this::purge));
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
        private @Nullable Duration alone;
        private boolean readOnly;

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
            if (homes.putIfAbsent(TxnNames.home(home), Inquiries.bounded(inquiries)) != null) {
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
         * Takes part in three-phase commits: a branch of one that has heard of no coordinator for that long, and whose
         * transaction's deadline is over, ends by itself. It then commits if it was told that all had voted yes, and rolls
         * back otherwise, which may be the opposite of what the others do.
         *
         * <p>Longer than any pause or loss of the network that is to go by without harm: after the deadline, a decision
         * still takes as long to arrive as its repeated calls do.
         *
         * @param patience 100 ms to 1 day
         */
        public Builder<P> endsAlone(Duration patience) {
            if (patience.compareTo(Duration.ofMillis(100)) < 0 || patience.compareTo(Duration.ofDays(1)) > 0) {
                throw new IllegalArgumentException("endsAlone must be between PT0.1S and PT24H, was " + patience);
            }
            alone = patience;
            return this;
        }

        /**
         * Its work only reads. Then a branch ends with its vote, keeps no locks for the decision and hears nothing of it;
         * and nothing is remembered of it. What the work writes all the same is refused: by MySQL and MariaDB, so that it is
         * tried again until the transaction's deadline, and on H2 by this, as are locked rows.
         *
         * <p>What was read may have changed by the decision: not for what the transaction relies on.
         */
        public Builder<P> readOnly() {
            readOnly = true;
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
                XaParticipant<P> participant = new XaParticipant<>(opened, this);
                participant.start();
                return participant;
            } catch (SQLException e) {
                opened.close();
                throw new BackendUnreachableException(
                        "Database '" + database.name() + "' did not answer: " + e.getMessage(), e);
            }
        }
    }
}
