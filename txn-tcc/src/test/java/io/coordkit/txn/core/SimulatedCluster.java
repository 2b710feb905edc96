package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.BackendUnreachableException;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.CrashPoint.Moment;
import io.coordkit.txn.core.CrashPoint.Victim;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TransactionalLog;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.tcc.TccCoordinator;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * A log, a participant and its database, and the coordinators that come and go; for one transaction. The scenario plays
 * on it, and in the end {@link #recover} has a new process, in which nothing dies, bring everything to its end.
 */
final class SimulatedCluster implements AutoCloseable {
    static final String GID = "gid";
    static final Duration LEASE = Duration.ofSeconds(2);

    private static final Duration PATIENCE = LEASE.multipliedBy(20);
    private static final byte[] WILLING = "payload".getBytes(StandardCharsets.UTF_8);
    private static final byte[] UNWILLING = SimulatedParticipant.REFUSED.getBytes(StandardCharsets.UTF_8);

    private final CrashPoint fatal;
    private final LogStore store;
    private final int branches;
    private final JdbcConnectionPool database;
    /** A database in memory is gone with its last connection. */
    private final Handle databaseStays;

    private final SimulatedProcess process;
    private final List<SimulatedProcess> earlier = new ArrayList<>();
    private final SimulatedParticipant participant;
    private final List<Runnable> closers = new ArrayList<>();
    private final CompletableFuture<Outcome<String>> answer = new CompletableFuture<>();
    private volatile InquiryEndpoint home = any -> CompletableFuture.failedStage(new IllegalStateException("not yet"));
    private volatile @Nullable Operation cut;
    private @Nullable TxnLog log;

    /** Where the log lies, which outlives its processes. */
    interface LogStore {
        /** By a process that may die as it appends. */
        TxnLog open(SimulatedProcess process);

        /** The machine dies there, with all processes on it. */
        void crash(Moment moment);
    }

    /**
     * @param occurrence at which passing of the point somebody dies; 0 for never
     * @param url of the participants' database, on H2
     * @param store of the log, given the database beside it
     */
    SimulatedCluster(CrashPoint fatal, int occurrence, String url, Function<DataSource, LogStore> store, int branches) {
        this.fatal = fatal;
        this.database = JdbcConnectionPool.create(url + ";WRITE_DELAY=0", "sa", "");
        this.databaseStays = Jdbi.create(database).open();
        this.store = store.apply(database);
        this.branches = branches;
        database.setMaxConnections(20);
        this.process = new SimulatedProcess(fatal, occurrence, this::strike);
        this.participant = new SimulatedParticipant(
                database,
                this::ask,
                (operation, moment) ->
                        process.passes(CrashPoint.what(operation), moment) && fatal.victim() != Victim.COORDINATOR);
        Jdbi.create(database)
                .useHandle(handle -> handle.execute("CREATE TABLE IF NOT EXISTS orders (gid VARCHAR(64) NOT NULL)"));
    }

    private CompletionStage<InquiryReply> ask(Inquiry inquiry) {
        return home.ask(inquiry);
    }

    private void strike(Victim victim) {
        if (victim == Victim.PARTICIPANT) {
            participant.die();
        } else if (victim == Victim.DATABASE) {
            participant.databaseDies();
        }
    }

    /** The process under test opens its log. */
    void openLog() {
        try {
            log = open(process);
            home = process.around(InquiryEndpoint.class, inquiries(around(process)));
        } catch (BackendUnreachableException e) {
            if (process.isDead()) {
                throw new Died(e);
            }
            throw e;
        }
    }

    private TxnLog open() {
        return Objects.requireNonNull(log, "the log is not open");
    }

    private TxnLog open(SimulatedProcess by) {
        TxnLog next = store.open(by);
        closers.add(0, next::close);
        return next;
    }

    private InquiryEndpoint inquiries(TxnLog on) {
        InquiryEndpoint endpoint = LogInquiries.on(on);
        closers.add(0, endpoint::close);
        return endpoint;
    }

    private TxnLog around(SimulatedProcess by) {
        return open() instanceof TransactionalLog inDatabase
                ? by.around(TransactionalLog.class, inDatabase)
                : by.around(TxnLog.class, open());
    }

    SimulatedProcess process() {
        return process;
    }

    /** The log as the process under test sees it. */
    TxnLog log() {
        return around(process);
    }

    /** The process under test begins; if it cannot, it tries again, unless it is dead. */
    Tcc coordinator() {
        return asking(() -> coordinator("first", process, 100_000));
    }

    /** The same with a coordinator that soon gives up. */
    Tcc impatientCoordinator() {
        return asking(() -> coordinator("first", process, 2));
    }

    /** A process in which nothing dies by itself. */
    Tcc before() {
        SimulatedProcess by = new SimulatedProcess(fatal, 0, this::strike);
        earlier.add(by);
        return coordinator("before", by, 100_000);
    }

    /** A process that tries all branches, and dies. */
    void dieBeforeTheDecision() {
        CrashPoint decision = new CrashPoint("TxnLog.decide", Moment.NOT_SENT, Victim.COORDINATOR);
        SimulatedProcess mortal = new SimulatedProcess(decision, 1, this::strike);
        begin(coordinator("before", mortal, 100_000), branches, 0, Duration.ofSeconds(10));
        await("it is dead", mortal::isDead);
        store.crash(Moment.NOT_SENT);
        openLog();
    }

    private Tcc coordinator(String name, SimulatedProcess by, int maxAttempts) {
        BranchEndpoint wire = by.wire(call -> call.operation() == cut
                ? CompletableFuture.failedStage(new IllegalStateException("the wire is cut"))
                : participant.call(call));
        Tcc tcc = TccCoordinator.builder()
                .log(around(by))
                .name(name)
                .lease(LEASE)
                .callTimeout(Duration.ofSeconds(1))
                .maxAttempts(maxAttempts)
                .retry(RetrySchedule.DEFAULTS.withWaits(Duration.ofMillis(10), Duration.ofMillis(50)))
                .participant("participant", wire)
                .open();
        closers.add(0, tcc::close);
        return tcc;
    }

    /** From now on that operation does not reach the participant; null mends it. */
    void cut(@Nullable Operation operation) {
        cut = operation;
    }

    void run(Tcc tcc) {
        run(tcc, 0, Duration.ofSeconds(10));
    }

    /**
     * Runs the transaction, and waits until it is answered, or the process dead.
     *
     * @param unwilling how many more branches are refused
     */
    void run(Tcc tcc, int unwilling, Duration timeout) {
        begin(tcc, branches, unwilling, timeout);
        await("it is answered", answer::isDone);
    }

    private void begin(Tcc tcc, int willing, int unwilling, Duration timeout) {
        spawn(() -> tcc.begin(GID).timeout(timeout).run(tx -> {
            for (int i = 0; i < willing + unwilling; i++) {
                tx.enlist("participant", i < willing ? WILLING : UNWILLING);
            }
            return "value";
        }));
    }

    /** The same, with an order that is written along with the decision. */
    void runWithWork(Tcc tcc) {
        String work = "TransactionalLog.decide";
        spawn(() -> tcc.begin(GID)
                .run(
                        tx -> {
                            for (int i = 0; i < branches; i++) {
                                tx.enlist("participant", WILLING);
                            }
                            return "value";
                        },
                        (connection, value) -> {
                            try (Statement statement = connection.createStatement()) {
                                statement.execute("INSERT INTO orders VALUES ('" + GID + "')");
                            }
                            if (process.passes(work, Moment.INSIDE)) {
                                throw new IllegalStateException("died as it worked");
                            }
                        }));
        await("it is answered", answer::isDone);
    }

    /** Waits for an answer. */
    @FunctionalInterface
    private interface Run {
        Outcome<String> call() throws InterruptedException;
    }

    /** What the transaction was answered, if it was. */
    CompletableFuture<Outcome<String>> answer() {
        return answer;
    }

    private void spawn(Run run) {
        Thread thread = new Thread(
                () -> {
                    try {
                        answer.complete(run.call());
                    } catch (RuntimeException | InterruptedException e) {
                        answer.completeExceptionally(e);
                    }
                },
                "caller");
        thread.setDaemon(true);
        thread.start();
    }

    /** Asks again what was not answered, unless the process is dead. */
    <T> T asking(Supplier<T> question) {
        for (int attempt = 1; ; attempt++) {
            try {
                return question.get();
            } catch (TxnException e) {
                if (process.isDead()) {
                    throw new Died(e);
                }
                if (attempt == 3) {
                    throw e;
                }
            }
        }
    }

    /** The process under test is dead: the scenario is over. */
    static final class Died extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Died(@Nullable Throwable cause) {
            super(cause);
        }
    }

    void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (process.isDead()) {
                throw new Died(null);
            }
            TooLate.check(end, "%s: %s", fatal, what);
            LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
        }
    }

    Optional<TxnStatus> status() {
        return asking(() -> open().status(GID));
    }

    /** It is given up; or finished, if what died made it another transaction. */
    void awaitGivenUp(Tcc tcc) {
        await(
                "it is given up",
                () -> !asking(() -> tcc.admin().needingAttention(1)).isEmpty()
                        || status().filter(status -> status.state().isFinished())
                                .isPresent());
    }

    /** Every branch has acknowledged, and it is written; what was given up meanwhile is begun again. */
    void awaitFinished(Tcc tcc) {
        await("it is finished", () -> {
            Optional<TxnStatus> status = status();
            if (status.filter(TxnStatus::needsAttention).isPresent()) {
                asking(() -> tcc.admin().retry(GID));
            }
            return status.filter(known -> known.state().isFinished()).isPresent();
        });
    }

    void awaitNothingReserved() {
        await("nothing is reserved", () -> !participant.holdsReservations());
    }

    /**
     * The process dies, if it has not, and another takes its place; waits until nothing is open any more, and checks that
     * it is all or nothing, and as it was answered.
     *
     * @return how long it took
     */
    Duration recover() {
        process.die();
        earlier.forEach(SimulatedProcess::die); // for the machine that they are on dies
        cut = null;
        long began = System.nanoTime();
        store.crash(fatal.moment());
        SimulatedProcess immortal = new SimulatedProcess(fatal, 0, this::strike);
        log = open(immortal);
        home = inquiries(open());
        Tcc successor = coordinator("successor", immortal, 100_000);
        long end = began + PATIENCE.toNanos();
        while (participant.holdsReservations() || !successor.unfinished(1).isEmpty()) {
            successor
                    .admin()
                    .needingAttention(1)
                    .forEach(status -> successor.admin().retry(status.gid()));
            TooLate.check(end, "%s: %s", fatal, successor.unfinished(1));
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        assertAllOrNothing();
        return took;
    }

    /** Whether its branches have been confirmed. */
    boolean isCommitted() {
        return participant.effects(GID, Operation.CONFIRM) > 0;
    }

    private void assertAllOrNothing() {
        int tries = participant.effects(GID, Operation.TRY);
        int confirms = participant.effects(GID, Operation.CONFIRM);
        int cancels = participant.effects(GID, Operation.CANCEL);
        boolean committed = isCommitted();
        assertThat(confirms).as("%s: confirms", fatal).isEqualTo(committed ? branches : 0);
        assertThat(cancels).as("%s: cancels of %s tries", fatal, tries).isEqualTo(committed ? 0 : tries);
        open().status(GID)
                .ifPresent(status -> assertThat(status.state().isCommit())
                        .as("%s: in the log", fatal)
                        .isEqualTo(committed));
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            Outcome<String> told = answer.join();
            boolean definite = told instanceof Outcome.Committed || told instanceof Outcome.Aborted;
            assertThat(definite ? told instanceof Outcome.Committed : committed)
                    .as("%s: answered %s", fatal, told)
                    .isEqualTo(committed);
        }
        if (open() instanceof TransactionalLog) {
            int orders = Jdbi.create(database)
                    .withHandle(handle -> handle.createQuery("SELECT COUNT(*) FROM orders")
                            .mapTo(Integer.class)
                            .one());
            assertThat(orders).as("%s: orders", fatal).isEqualTo(committed ? 1 : 0);
        }
    }

    @Override
    public void close() {
        closers.forEach(Runnable::run);
        participant.close();
        shutDown();
        database.dispose();
    }

    /** Also under what is still using it: its files may be deleted then. */
    private void shutDown() {
        try (Statement statement = databaseStays.getConnection().createStatement()) {
            statement.execute("SHUTDOWN");
        } catch (SQLException e) {
            throw new IllegalStateException("The participants' database does not shut down", e);
        }
    }
}
