package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TwoPhase.TwoPhaseBody;
import io.coordkit.txn.TwoPhaseTransaction;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What two-phase commit does, on two databases of one kind: the rules X1 to X19, X44 and X45 of docs/contract.md. */
@Tag("contract")
@ExtendWith(Conformance.class)
@Timeout(120)
abstract class TwoPhaseContract {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = LEASE.multipliedBy(20);
    private static final int LOOKS = 6;

    private final String gid = "gid-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final JdbcConnectionPool logDatabase = JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
    private final TxnLog log = SqlTxnLog.using(logDatabase);
    /** How often coordinators have opened a connection to the orders, which each look for branches in doubt does. */
    private final AtomicInteger looks = new AtomicInteger();

    private XaDatabase orders = XaDatabase.of("orders", new JdbcDataSource());
    private XaDatabase stock = orders;

    /** A database of its own, empty. */
    abstract XADataSource database();

    /** Whether it refuses what a transaction writes that was to read only. */
    abstract boolean refusesWrites();

    /** A statement that takes seconds; where its server can be told to end it, longer than the patience of all. */
    abstract String sleep(XADataSource database) throws SQLException;

    /** How coordinators see that database. */
    XADataSource asSeen(XADataSource database) {
        return database;
    }

    private XaDatabase asSeen(XaDatabase database) {
        XADataSource seen = asSeen(database.source());
        XADataSource source = database.name().equals("orders") ? CountedSource.of(seen, looks) : seen;
        return XaDatabase.of(database.name(), source)
                .withMaxConnections(database.maxConnections())
                .withPatience(database.patience());
    }

    /** Until the coordinators have looked through the orders so often that they have done what they do about it. */
    private void awaitLooks() {
        int before = looks.get();
        await("the orders are looked through", () -> looks.get() >= before + LOOKS);
    }

    @BeforeEach
    void prepare() throws SQLException {
        orders = XaDatabase.of("orders", database());
        stock = XaDatabase.of("stock", database());
        for (XaDatabase each : List.of(orders, stock)) {
            withConnection(each, connection -> execute(connection, "CREATE TABLE item (id VARCHAR(64) PRIMARY KEY)"));
        }
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
        logDatabase.dispose();
    }

    /** Asks that connection. */
    @FunctionalInterface
    interface Question {
        void ask(Connection connection) throws SQLException;
    }

    private static void withConnection(XaDatabase database, Question question) throws SQLException {
        XAConnection physical = database.source().getXAConnection();
        try {
            question.ask(physical.getConnection());
        } finally {
            physical.close();
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static List<String> items(XaDatabase database) {
        List<String> items = new ArrayList<>();
        try {
            withConnection(database, connection -> {
                try (Statement statement = connection.createStatement();
                        var rows = statement.executeQuery("SELECT id FROM item ORDER BY id")) {
                    while (rows.next()) {
                        items.add(rows.getString(1));
                    }
                }
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return items;
    }

    private TwoPhaseCoordinator.Builder builder(String name) {
        return TwoPhaseCoordinator.builder()
                .log(log)
                .name(name)
                .lease(LEASE)
                .scanEvery(Duration.ofMillis(100))
                .database(asSeen(orders))
                .database(asSeen(stock));
    }

    private TwoPhaseCoordinator open(TwoPhaseCoordinator.Builder builder) {
        TwoPhaseCoordinator coordinator = builder.open();
        opened.add(0, coordinator);
        return coordinator;
    }

    private TwoPhase coordinator() {
        return open(builder("first"));
    }

    private static void insert(TwoPhaseTransaction tx, String resource, String id) throws SQLException {
        execute(tx.connection(resource), "INSERT INTO item VALUES ('" + id + "')");
    }

    private static String both(TwoPhaseTransaction tx) throws SQLException {
        insert(tx, "orders", "a");
        insert(tx, "stock", "b");
        insert(tx, "orders", "c");
        return "done";
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private boolean isFinished(TwoPhase coordinator) {
        return coordinator
                .outcome(gid)
                .filter(status -> status.state().isFinished())
                .isPresent();
    }

    /** Of this test, for others may share the server. */
    private List<Xid> prepared(XaDatabase database) {
        try {
            XAConnection physical = database.source().getXAConnection();
            try {
                return Stream.of(physical.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN))
                        .filter(xid ->
                                new String(xid.getGlobalTransactionId(), StandardCharsets.US_ASCII).startsWith(gid))
                        .toList();
            } finally {
                physical.close();
            }
        } catch (SQLException | XAException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void X1_bothAreWritten_andNothingStaysPrepared() throws Exception {
        TwoPhase coordinator = coordinator();
        Outcome<String> outcome = coordinator.begin(gid).awaitPhase2(PATIENCE).run(TwoPhaseContract::both);
        assertThat(outcome).isEqualTo(new Outcome.Committed<>(gid, "done"));
        assertThat(items(orders)).containsExactly("a", "c");
        assertThat(items(stock)).containsExactly("b");
        assertThat(prepared(orders)).isEmpty();
        await("it is finished", () -> isFinished(coordinator));
    }

    @Test
    void X2_byJdbi_withItsOwnTransactionsJoining() throws Exception {
        TwoPhase coordinator = coordinator();
        Outcome<Integer> outcome = coordinator.begin(gid).awaitPhase2(PATIENCE).run(tx -> {
            Jdbi jdbi = ((XaTransaction) tx).jdbi(orders);
            jdbi.useTransaction(handle -> handle.execute("INSERT INTO item VALUES ('a')"));
            try (Handle handle = jdbi.open()) {
                return handle.execute("INSERT INTO item VALUES ('b')");
            }
        });
        assertThat(outcome).isEqualTo(new Outcome.Committed<>(gid, 1));
        assertThat(items(orders)).containsExactly("a", "b");
    }

    @Test
    void X3_aBodyThatFails_leavesNothing() throws Exception {
        TwoPhase coordinator = coordinator();
        assertThatThrownBy(() -> coordinator.begin(gid).run(tx -> {
                    both(tx);
                    throw new IllegalArgumentException("no");
                }))
                .hasMessage("no");
        assertThatThrownBy(() -> coordinator.begin(gid).run(tx -> {
                    both(tx);
                    throw new SQLException("checked");
                }))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining(gid)
                .hasMessageContaining("checked");
        assertThat(coordinator.outcome(gid)).isEmpty();
        // Its locks are gone, too.
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(TwoPhaseContract::both))
                .isInstanceOf(Outcome.Committed.class);
        assertThat(items(orders)).containsExactly("a", "c");
    }

    @Test
    void X4_aParticipantThatRefuses_rollsBothBack() throws Exception {
        // Late, for what is not prepared yet would just lose its connection.
        BranchEndpoint unwilling = call -> CompletableFuture.supplyAsync(
                () -> {
                    await(
                            "both are prepared",
                            () -> prepared(orders).size() == 1
                                    && prepared(stock).size() == 1);
                    return new BranchReply.Refused(BranchReply.Code.BUSINESS, "not today");
                },
                task -> new Thread(task).start());
        TwoPhase coordinator = open(builder("first").participant("remote", unwilling));
        Outcome<String> outcome = coordinator.begin(gid).run(tx -> {
            both(tx);
            return tx.enlist("remote", new byte[0]);
        });
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains("not today"));
        await(
                "nothing is prepared",
                () -> prepared(orders).isEmpty() && prepared(stock).isEmpty());
        assertThat(items(orders)).isEmpty();
        assertThat(items(stock)).isEmpty();
    }

    @Test
    void X5_theSameGidAgain_rollsItsOwnWorkBack_andAnswersWhatStands() throws Exception {
        TwoPhase coordinator = coordinator();
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(TwoPhaseContract::both))
                .isInstanceOf(Outcome.Committed.class);
        Outcome<String> again = coordinator.begin(gid).run(tx -> {
            insert(tx, "orders", "again");
            return "again";
        });
        assertThat(again).isInstanceOf(Outcome.Committed.class);
        await("nothing is prepared", () -> prepared(orders).isEmpty());
        assertThat(items(orders)).containsExactly("a", "c");
    }

    @Test
    void X6_aBodyThatTakesTooLong_losesItsConnections() throws Exception {
        TwoPhase coordinator = coordinator();
        long began = System.nanoTime();
        assertThatThrownBy(() -> coordinator
                        .begin(gid)
                        .timeout(LEASE.multipliedBy(2))
                        .run(tx -> {
                            insert(tx, "orders", "late");
                            LockSupport.parkNanos(LEASE.multipliedBy(4).toNanos());
                            insert(tx, "orders", "later");
                            return "late";
                        }))
                .isInstanceOf(TxnException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE);
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(tx -> {
                    insert(tx, "orders", "late");
                    return "done";
                }))
                .isEqualTo(new Outcome.Committed<>(gid, "done"));
    }

    @Test
    void X6_aStatementUnderWay_goesWithItsConnection() throws Exception {
        String sleep = sleep(orders.source());
        TwoPhase coordinator = coordinator();
        CompletableFuture<Outcome<String>> slow = new CompletableFuture<>();
        CountDownLatch written = new CountDownLatch(1);
        new Thread(() -> slow.completeAsync(() -> sleepy(coordinator, sleep, written), Runnable::run)).start();
        assertThat(written.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(slow.<Object>handle((outcome, failure) -> outcome == null ? failure : outcome)
                        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOfAny(TxnException.class, CompletionException.class, Outcome.Aborted.class);
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(tx -> {
                    insert(tx, "orders", "late");
                    return "done";
                }))
                .isEqualTo(new Outcome.Committed<>(gid, "done"));
    }

    private Outcome<String> sleepy(TwoPhase coordinator, String sleep, CountDownLatch written) {
        try {
            return coordinator.begin(gid + "2").timeout(LEASE.multipliedBy(2)).run(tx -> {
                insert(tx, "orders", "late");
                written.countDown();
                try (Statement statement = tx.connection("orders").createStatement()) {
                    statement.execute(sleep);
                }
                return "late";
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void X6_aBodyThatHasWaitedTooLongForItsConnection_doesNotGetIt() throws Exception {
        orders = orders.withMaxConnections(1).withPatience(PATIENCE);
        TwoPhase coordinator = coordinator();
        CountDownLatch wanted = new CountDownLatch(1);
        CompletableFuture<Outcome<String>> second = new CompletableFuture<>();
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(tx -> {
                    insert(tx, "orders", "first");
                    Thread other =
                            new Thread(() -> second.completeAsync(() -> impatient(coordinator, wanted), Runnable::run));
                    other.start();
                    await("it is wanted", () -> wanted.getCount() == 0);
                    LockSupport.parkNanos(LEASE.multipliedBy(3).toNanos());
                    return "done";
                }))
                .isInstanceOf(Outcome.Committed.class);
        assertThatThrownBy(() -> second.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .hasMessageContaining("run out of time");
        assertThat(items(orders)).containsExactly("first");
    }

    private Outcome<String> impatient(TwoPhase coordinator, CountDownLatch wanted) {
        try {
            return coordinator.begin(gid + "2").timeout(LEASE).run(tx -> {
                wanted.countDown();
                insert(tx, "orders", "second");
                return "done";
            });
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void X7_whatHasBeenPrepared_isNotAborted_norIsWhatWasAbortedPrepared() throws Exception {
        OpenDatabase database = OpenDatabase.open(asSeen(orders), "default");
        XaBranch late = begin(database, "late");
        late.prepare();
        late.abort(Runnable::run);
        assertThat(prepared(orders)).hasSize(1);
        assertThat(database.end(late.xid(), true)).isEqualTo(new BranchReply.Done());
        XaBranch early = begin(database, "early");
        early.abort(Runnable::run);
        assertThat(database.prepare(early.xid())).isInstanceOf(BranchReply.Refused.class);
        database.close();
        assertThat(prepared(orders)).isEmpty();
        assertThat(items(orders)).containsExactly("late");
    }

    private XaBranch begin(OpenDatabase database, String item) throws SQLException {
        XaBranch branch = database.begin(
                connection -> BranchXid.of(gid, "1", log.now(), connection, item.length(), "default", "first/1"),
                false);
        execute(branch.lent(), "INSERT INTO item VALUES ('" + item + "')");
        return branch;
    }

    @Test
    void X8_inside_joins() throws Exception {
        TwoPhase coordinator = coordinator();
        Outcome<String> outcome = coordinator.begin(gid).awaitPhase2(PATIENCE).run(tx -> {
            insert(tx, "orders", "outer");
            try {
                assertThat(coordinator.begin("inner-" + gid).run(inner -> {
                            insert(inner, "orders", "inner");
                            return 1;
                        }))
                        .isEqualTo(new Outcome.Joined<>(gid, 1));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return "both";
        });
        assertThat(outcome).isInstanceOf(Outcome.Committed.class);
        assertThat(items(orders)).containsExactly("inner", "outer");
    }

    /** Leaves a branch prepared, as a coordinator does that dies then; its connection stays open if wanted. */
    private BranchXid leavePrepared(XaDatabase database, String coordinator, Instant deadline, boolean open)
            throws Exception {
        OpenDatabase zombie = OpenDatabase.open(database, "default");
        XaBranch branch = zombie.begin(
                connection -> BranchXid.of(gid, "1", deadline, connection, 1, "default", coordinator), false);
        execute(branch.lent(), "INSERT INTO item VALUES ('left')");
        branch.end();
        branch.prepare();
        if (!open) {
            zombie.close();
        }
        return branch.xid();
    }

    @Test
    void X9_whatADeadCoordinatorLeftUndecided_isRolledBack_alsoIfItsConnectionLives() throws Exception {
        for (boolean open : new boolean[] {true, false}) {
            leavePrepared(orders, "dead/1", log.now().plusSeconds(3600), open);
            assertThat(prepared(orders)).hasSize(1);
            TwoPhase coordinator = open(builder("finder"));
            await("nothing is prepared", () -> prepared(orders).isEmpty());
            assertThat(items(orders)).isEmpty();
            assertThat(coordinator.outcome(gid).orElseThrow().state()).isEqualTo(TxnState.ABORTED);
            coordinator.close();
        }
    }

    @Test
    void X10_whatALivingCoordinatorHasPrepared_isLeftAloneUntilItsDeadline() throws Exception {
        TwoPhaseCoordinator living = open(builder("living"));
        living.begin("any").run(tx -> "joins the log");
        String coordinator = log.join("other", Duration.ofMinutes(1)).coordinator();
        leavePrepared(orders, coordinator, log.now().plusSeconds(10), true);
        awaitLooks();
        assertThat(prepared(orders)).hasSize(1);
        await("it is seen waiting", () -> !living.inDoubt().isEmpty());
        assertThat(living.inDoubt())
                .singleElement()
                .satisfies(waiting -> assertThat(waiting.gid()).isEqualTo(gid))
                .satisfies(waiting -> assertThat(waiting.database()).isEqualTo("orders"))
                .satisfies(waiting -> assertThat(waiting.coordinator()).isEqualTo(coordinator));
        assertThat(living.outcome(gid)).isEmpty();
        await("its deadline is over", () -> prepared(orders).isEmpty());
        assertThat(living.outcome(gid).orElseThrow().state()).isEqualTo(TxnState.ABORTED);
    }

    /** Of another application, for example. */
    private record Foreign(int getFormatId, String gid) implements Xid {
        @Override
        public byte[] getGlobalTransactionId() {
            return gid.getBytes(StandardCharsets.US_ASCII);
        }

        @Override
        public byte[] getBranchQualifier() {
            return new byte[] {'1'};
        }
    }

    private BranchXid xidOf(String home, XaDatabase database) throws SQLException {
        List<String> owner = new ArrayList<>();
        withConnection(database, connection -> owner.add(ResourceName.owner(connection, "default")));
        return BranchXid.of(gid, "1", log.now(), 0, 1, home, "dead/1").ownedBy(owner.get(0));
    }

    @Test
    void X11_branchesOfOthers_areLeftAlone() throws Exception {
        coordinator();
        Xid ofAnotherLog = xidOf("elsewhere", orders);
        // Two that have not named their logs, on two databases of one server, which lists the branches of both.
        Xid ofALogOfTheSameName = xidOf("default", stock);
        XAConnection physical = orders.source().getXAConnection();
        Connection connection = physical.getConnection();
        for (Xid each : List.of(
                new Foreign(1, gid + "1"),
                new Foreign(BranchXid.FORMAT, gid + "2"),
                ofAnotherLog,
                ofALogOfTheSameName)) {
            XAResource xa = physical.getXAResource();
            xa.start(each, XAResource.TMNOFLAGS);
            execute(connection, "INSERT INTO item VALUES ('" + UUID.randomUUID() + "')");
            xa.end(each, XAResource.TMSUCCESS);
            xa.prepare(each);
            awaitLooks();
            assertThat(prepared(orders)).hasSize(1);
            xa.commit(each, false);
        }
        physical.close();
    }

    @Test
    void X12_aCommitThatTheLogKnows_isCarriedOutByAnotherCoordinator_whoeverHoldsTheConnection() throws Exception {
        BranchXid left = leavePrepared(orders, "dead/1", log.now().plusSeconds(3600), true);
        var branch = new TxnBranch(left.branch(), "orders", left.payload());
        log.decide(new TxnProposal(gid, Decision.COMMIT, left.deadline(), "dead/1", List.of(branch)));
        TwoPhase coordinator = open(builder("finder"));
        await("it is finished", () -> isFinished(coordinator));
        assertThat(items(orders)).containsExactly("left");
        assertThat(prepared(orders)).isEmpty();
    }

    @Test
    void X13_whatIsWrongWithADatabase_isSaidAtTheStart() {
        assertThatThrownBy(() -> builder("first").database(orders))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("orders");
        XaDatabase twice = XaDatabase.of("twice", orders.source());
        assertThatThrownBy(() -> open(builder("first").database(twice)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'twice' is known as 'orders'");
        assertThatThrownBy(() -> open(builder("a-name-of-forty-characters-is-too-long-here")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("a-name-of-forty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> orders.withMaxConnections(0))
                .withMessageContaining("maxConnections");
    }

    @Test
    void X14_whatTheBodyMayNotDo() throws Exception {
        TwoPhase coordinator = coordinator();
        assertThat(coordinator.begin(gid).run(tx -> {
                    assertThatThrownBy(() -> tx.connection("orders").commit()).isInstanceOf(SQLException.class);
                    assertThatThrownBy(() -> tx.connection("nowhere"))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("nowhere")
                            .hasMessageContaining("orders");
                    assertThatThrownBy(() -> tx.enlist("orders", new byte[0]))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("orders");
                    return "fine";
                }))
                .isInstanceOf(Outcome.Committed.class);
    }

    private int paid() {
        return Jdbi.create(logDatabase)
                .withHandle(handle -> handle.select("SELECT COUNT(*) FROM paid")
                        .mapTo(Integer.class)
                        .one());
    }

    private Outcome<String> order(TwoPhase coordinator, String number, String item, boolean refused)
            throws InterruptedException {
        return coordinator
                .begin(gid + number)
                .awaitPhase2(PATIENCE)
                .run(
                        tx -> {
                            insert(tx, "orders", item);
                            insert(tx, "stock", item);
                            tx.enlist("shop", (refused ? "no" : "yes").getBytes(StandardCharsets.UTF_8));
                            return item;
                        },
                        (connection, value) -> {
                            execute(connection, "INSERT INTO paid VALUES ('" + value + "')");
                            if (value.equals("broke")) {
                                throw new SQLException("no money");
                            }
                        });
    }

    @Test
    void X15_aLastResource_isWrittenWithTheDecision_orNotAtAll() throws Exception {
        Jdbi.create(logDatabase).useHandle(handle -> handle.execute("CREATE TABLE paid (id VARCHAR(64) NOT NULL)"));
        BranchEndpoint shop = call -> CompletableFuture.completedStage(
                call.operation() == Operation.TRY
                                && new String(call.payload().toByteArray(), StandardCharsets.UTF_8).equals("no")
                        ? new BranchReply.Refused(BranchReply.Code.BUSINESS, "closed")
                        : new BranchReply.Done());
        TwoPhase coordinator = open(builder("first").participant("shop", shop));
        assertThat(order(coordinator, "1", "a", false)).isEqualTo(new Outcome.Committed<>(gid + "1", "a"));
        assertThat(order(coordinator, "1", "again", false)).isInstanceOf(Outcome.Committed.class);
        assertThat(order(coordinator, "2", "b", true)).isInstanceOf(Outcome.Aborted.class);
        assertThatThrownBy(() -> order(coordinator, "3", "broke", false))
                .isInstanceOf(TxnException.class)
                .hasMessageContaining("no money");
        assertThat(paid()).isEqualTo(1);
        await("the rest is rolled back", () -> coordinator.unfinished(1).isEmpty());
        assertThat(items(orders)).containsExactly("a");
        assertThat(items(stock)).containsExactly("a");
        assertThat(coordinator.outcome(gid + "3").orElseThrow().state()).isEqualTo(TxnState.ABORTED);
    }

    @Test
    void X16_aLastResourceAlone_isCommittedInOnePhase() throws Exception {
        Jdbi.create(logDatabase).useHandle(handle -> handle.execute("CREATE TABLE paid (id VARCHAR(64) NOT NULL)"));
        TwoPhase coordinator = coordinator();
        for (int run = 1; run <= 2; run++) {
            assertThat(coordinator
                            .begin(gid)
                            .run(
                                    tx -> "a",
                                    (connection, value) -> execute(connection, "INSERT INTO paid VALUES ('a')")))
                    .isEqualTo(new Outcome.Committed<>(gid, "a"));
            await("it is finished", () -> isFinished(coordinator));
            assertThat(paid()).as("by run %s", run).isEqualTo(1);
        }
        assertThatThrownBy(() -> coordinator.begin(gid + "outer").run(tx -> inside(coordinator)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(gid + "inner", gid + "outer");
    }

    private Outcome<String> inside(TwoPhase coordinator) {
        try {
            return coordinator.begin(gid + "inner").run(tx -> "b", (connection, value) -> {});
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Cuts connections, or not, when a branch is committed. */
    private TwoPhase inOnePhase(FragileProcess process) {
        XaDatabase fragile = XaDatabase.of("orders", process.around(orders.source(), () -> {}));
        return open(TwoPhaseCoordinator.builder()
                .log(log)
                .name("one-phase")
                .lease(LEASE)
                .scanEvery(Duration.ofMillis(100))
                .database(fragile)
                .database(stock)
                .onePhase());
    }

    private static FragileProcess losing(boolean after) {
        return new FragileProcess(new Point("XAResource.commit", after, Victim.CONNECTION), 1);
    }

    private static Outcome<String> alone(TwoPhase coordinator, String gid, String item) throws InterruptedException {
        return coordinator.begin(gid).run(tx -> {
            insert(tx, "orders", item);
            return item;
        });
    }

    @Test
    void X17_oneDatabaseAlone_isCommittedInOnePhase_andAnswersForIt() throws Exception {
        FragileProcess process = new FragileProcess(new Point("nowhere", false, Victim.MESSAGE), 0);
        TwoPhase coordinator = inOnePhase(process);
        assertThat(alone(coordinator, gid, "a")).isEqualTo(new Outcome.Committed<>(gid, "a"));
        assertThat(alone(coordinator, gid, "again")).isInstanceOf(Outcome.Committed.class);
        assertThat(items(orders)).containsExactly("a");
        assertThat(process.passed().keySet()).noneMatch(key -> key.startsWith("XAResource.prepare"));
        assertThat(log.find(gid)).isEmpty();
        assertThat(coordinator.outcome(gid).orElseThrow().state()).isEqualTo(TxnState.COMMITTED);
        assertThat(coordinator.resolve(gid).state()).isEqualTo(TxnState.COMMITTED);
        assertThat(coordinator.admin().force(gid, true, "seen").state()).isEqualTo(TxnState.COMMITTED);
        assertThat(coordinator.admin().show(gid)).isPresent();
        assertThatThrownBy(() -> coordinator.admin().force(gid, false, "undone"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(gid);
        assertThat(log.find(gid)).isEmpty();
        assertThat(inTwo(coordinator, gid, "b")).isInstanceOf(Outcome.Committed.class);
        assertThat(items(stock)).as("of another run of the same gid").isEmpty();
        assertThat(inTwo(coordinator, gid + "2", "b")).isInstanceOf(Outcome.Committed.class);
        assertThat(items(stock)).containsExactly("b");
        assertThat(log.find(gid + "2")).isPresent();
        assertThat(coordinator.resolve(gid + "2").state().isCommit()).isTrue();
        assertThatThrownBy(() -> coordinator.admin().force(gid + "2", false, "undone"))
                .isInstanceOf(IllegalStateException.class);
        assertThat(inTwo(coordinator, gid + "2", "again")).isInstanceOf(Outcome.Committed.class);
        assertThat(alone(coordinator, gid + "2", "late")).isInstanceOf(Outcome.Committed.class);
        assertThat(items(orders)).containsExactly("a", "b");
    }

    private static Outcome<String> inTwo(TwoPhase coordinator, String gid, String item) throws InterruptedException {
        return coordinator.begin(gid).awaitPhase2(PATIENCE).run(tx -> {
            insert(tx, "stock", item);
            insert(tx, "orders", item);
            return item;
        });
    }

    @Test
    void X18_whatIsDecidedAgainst_noDatabaseCommitsAlone() throws Exception {
        TwoPhase coordinator = inOnePhase(new FragileProcess(new Point("nowhere", false, Victim.MESSAGE), 0));
        assertThat(coordinator.resolve(gid + "1").state()).isEqualTo(TxnState.ABORTED);
        assertThat(coordinator.admin().force(gid + "2", false, "unwanted").state())
                .isEqualTo(TxnState.ABORTED);
        for (String number : List.of("1", "2")) {
            assertThat(alone(coordinator, gid + number, "a")).isInstanceOf(Outcome.Aborted.class);
        }
        assertThat(coordinator.begin(gid + "3").run(tx -> {
                    insert(tx, "orders", "a");
                    assertThat(coordinator.outcome(gid + "3")).isEmpty();
                    coordinator.resolve(gid + "3"); // by a person who is impatient
                    return "a";
                }))
                .isInstanceOf(Outcome.Aborted.class);
        assertThat(items(orders)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> coordinator.admin().force(gid + "4", false, " "))
                .withMessageContaining("reason");
        assertThat(alone(coordinator, gid + "4", "a")).isInstanceOf(Outcome.Committed.class);
    }

    @Test
    void X19_aLostAnswerOfALoneCommit_isAskedForInItsDatabase() throws Exception {
        for (boolean after : new boolean[] {false, true}) {
            FragileProcess process = losing(after);
            TwoPhase coordinator = inOnePhase(process);
            Outcome<String> outcome = alone(coordinator, gid + after, "a" + after);
            assertThat(process.hasFired()).isTrue();
            assertThat(outcome instanceof Outcome.Committed).isEqualTo(after);
            assertThat(outcome instanceof Outcome.Aborted).isEqualTo(!after);
            assertThat(coordinator
                            .outcome(gid + after)
                            .filter(known -> known.state().isCommit())
                            .isPresent())
                    .isEqualTo(after);
            coordinator.close();
        }
        assertThat(items(orders)).containsExactly("atrue");
    }

    private static List<String> read(TwoPhaseTransaction tx, String resource, String suffix) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = tx.connection(resource).createStatement();
                var rows = statement.executeQuery("SELECT id FROM item ORDER BY id" + suffix)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }

    @Test
    void X44_aBranchThatOnlyReads_endsWithItsVote() throws Exception {
        withConnection(stock, connection -> execute(connection, "INSERT INTO item VALUES ('there')"));
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<BranchReply> vote = new CompletableFuture<>();
        BranchEndpoint shop = call -> {
            asked.countDown();
            return call.operation() == Operation.TRY
                    ? vote.copy()
                    : CompletableFuture.completedStage(new BranchReply.Done());
        };
        TwoPhase coordinator = open(builder("first").participant("shop", shop));
        CompletableFuture<Outcome<List<String>>> running = CompletableFuture.supplyAsync(() -> {
            try {
                return coordinator
                        .begin(gid)
                        .timeout(PATIENCE)
                        .awaitPhase2(PATIENCE)
                        .run(tx -> {
                            tx.readOnly("stock");
                            insert(tx, "orders", "a");
                            tx.enlist("shop", new byte[0]);
                            return read(tx, "stock", refusesWrites() ? " LOCK IN SHARE MODE" : "");
                        });
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(asked.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await("orders are prepared", () -> prepared(orders).size() == 1);
        // Waits for its lock to go.
        withConnection(stock, connection -> execute(connection, "UPDATE item SET id = 'changed' WHERE id = 'there'"));
        assertThat(prepared(stock)).isEmpty();
        assertThat(running).isNotDone();
        vote.complete(new BranchReply.ReadOnly());
        assertThat(running.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isEqualTo(new Outcome.Committed<>(gid, List.of("there")));
        assertThat(log.find(gid).orElseThrow().branches())
                .extracting(TxnBranch::participant)
                .containsExactly("orders");

        // Its connection is good for writing again.
        assertThat(coordinator.begin(gid + "2").awaitPhase2(PATIENCE).run(tx -> {
                    insert(tx, "stock", "b");
                    return "written";
                }))
                .isInstanceOf(Outcome.Committed.class);
        assertThat(items(stock)).contains("b");
    }

    @Test
    void X44_whoOnlyReads_mayLock_andMayNotWrite() throws Exception {
        withConnection(stock, connection -> execute(connection, "INSERT INTO item VALUES ('there')"));
        TwoPhase coordinator = coordinator();
        assertThat(coordinator.begin(gid + "1").awaitPhase2(PATIENCE).run(tx -> {
                    tx.readOnly("orders");
                    tx.readOnly("stock");
                    return read(tx, "stock", refusesWrites() ? " LOCK IN SHARE MODE" : " FOR UPDATE");
                }))
                .isEqualTo(new Outcome.Committed<>(gid + "1", List.of("there")));
        TwoPhaseBody<String> writing = tx -> {
            tx.readOnly("stock");
            insert(tx, "orders", "a");
            insert(tx, "stock", "a");
            return "written";
        };
        if (refusesWrites()) {
            for (TwoPhaseBody<?> refused : List.<TwoPhaseBody<?>>of(writing, tx -> {
                tx.readOnly("stock");
                return read(tx, "stock", " FOR UPDATE");
            })) {
                assertThatThrownBy(() -> coordinator.begin(gid + "2").run(refused))
                        .isInstanceOf(TxnException.class)
                        .hasMessageFindingMatch("(?i)read.only");
            }
            assertThat(items(orders)).isEmpty();
            assertThat(items(stock)).containsExactly("there");
        } else {
            assertThat(coordinator.begin(gid + "2").awaitPhase2(PATIENCE).run(writing))
                    .isInstanceOf(Outcome.Committed.class);
            assertThat(items(stock)).as("it stands or falls with the rest").containsExactly("a", "there");
        }
        assertThat(coordinator.begin(gid + "3").run(tx -> {
                    tx.connection("stock");
                    assertThatThrownBy(() -> tx.readOnly("stock"))
                            .isInstanceOf(IllegalStateException.class)
                            .hasMessageContaining("stock");
                    assertThatThrownBy(() -> tx.readOnly("nowhere"))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("nowhere");
                    return "fine";
                }))
                .isInstanceOf(Outcome.Committed.class);
    }

    @Test
    void X44_aVoteWhoseAnswerWasLost_isGivenAgain() throws Exception {
        OpenDatabase database = OpenDatabase.open(asSeen(stock), "default");
        XaBranch branch = database.begin(
                connection -> BranchXid.of(gid, "1", log.now(), connection, 1, "default", "first/1"), true);
        branch.end();
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(database.prepare(branch.xid())).isEqualTo(new BranchReply.ReadOnly());
        }
        database.close();
    }

    @Test
    void X44_whoOnlyReads_needsNoDatabaseToDecide() throws Exception {
        FragileProcess process = new FragileProcess(new Point("nowhere", false, Victim.MESSAGE), 0);
        TwoPhase coordinator = inOnePhase(process);
        assertThat(coordinator.begin(gid).run(tx -> {
                    tx.readOnly("orders");
                    return read(tx, "orders", "");
                }))
                .isEqualTo(new Outcome.Committed<>(gid, List.of()));
        assertThat(process.passed().keySet())
                .noneMatch(key -> key.startsWith("XAResource.prepare") || key.startsWith("XAResource.commit"))
                .anyMatch(key -> key.startsWith("XAResource.rollback"));
    }

    @Test
    void X45_aDatabaseThatDoesNotAnswerAtTheStart_holdsUpNoOther() throws Exception {
        for (boolean onePhase : new boolean[] {false, true}) {
            BranchXid left = leavePrepared(orders, "dead/1", log.now().plusSeconds(3600), false);
            AtomicBoolean down = new AtomicBoolean(true);
            TwoPhaseCoordinator.Builder parts = TwoPhaseCoordinator.builder()
                    .log(log)
                    .name("first")
                    .lease(LEASE)
                    .scanEvery(Duration.ofMillis(100))
                    .database(orders)
                    .database(XaDatabase.of("stock", downWhile(down, stock.source())));
            TwoPhase coordinator = open(onePhase ? parts.onePhase() : parts);
            String number = gid + onePhase;
            assertThatThrownBy(() -> coordinator.begin(number).run(TwoPhaseContract::both))
                    .isInstanceOf(TxnException.class)
                    .hasMessageContaining("stock");
            await(
                    "what the others have in doubt is ended",
                    () -> prepared(orders).isEmpty());
            if (!onePhase) { // else all databases would be asked
                assertThat(coordinator.outcome(left.gid()).orElseThrow().state())
                        .isEqualTo(TxnState.ABORTED);
            }
            down.set(false);
            await("it takes part", () -> isCommitted(coordinator, number));
            await("nothing is in doubt", () -> prepared(orders).isEmpty());
            assertThat(items(stock)).containsExactly("b");
            coordinator.close();
            for (XaDatabase each : List.of(orders, stock)) {
                withConnection(each, connection -> execute(connection, "DELETE FROM item"));
            }
        }
    }

    private static XADataSource downWhile(AtomicBoolean down, XADataSource source) {
        return (XADataSource) Proxy.newProxyInstance(
                XADataSource.class.getClassLoader(),
                new Class<?>[] {XADataSource.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("getXAConnection") && down.get()) {
                        throw new SQLException("nobody listens there");
                    }
                    try {
                        return method.invoke(source, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    private static boolean isCommitted(TwoPhase coordinator, String gid) {
        try {
            return coordinator.begin(gid).awaitPhase2(PATIENCE).run(TwoPhaseContract::both)
                    instanceof Outcome.Committed;
        } catch (TxnException notYet) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
