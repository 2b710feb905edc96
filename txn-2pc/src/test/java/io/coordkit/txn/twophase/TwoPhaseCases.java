package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TwoPhaseTransaction;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
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
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What two-phase commit does, on two databases of one kind. */
@Timeout(120)
abstract class TwoPhaseCases {
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = LEASE.multipliedBy(20);

    private final String gid = "gid-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final JdbcConnectionPool logDatabase = JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
    private final TxnLog log = SqlTxnLog.using(logDatabase);
    private XaDatabase orders = XaDatabase.of("orders", new JdbcDataSource());
    private XaDatabase stock = orders;

    /** A database of its own, empty. */
    abstract XADataSource database();

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
                .database(orders)
                .database(stock);
    }

    private TwoPhase open(TwoPhaseCoordinator.Builder builder) {
        TwoPhase tcc = builder.open();
        opened.add(0, tcc);
        return tcc;
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
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private boolean isFinished(TwoPhase coordinator) {
        return coordinator
                .outcome(gid)
                .filter(status -> status.state().isFinished())
                .isPresent();
    }

    private List<Xid> prepared(XaDatabase database) {
        try {
            XAConnection physical = database.source().getXAConnection();
            try {
                return List.of(physical.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN));
            } finally {
                physical.close();
            }
        } catch (SQLException | XAException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void bothAreWritten_andNothingStaysPrepared() throws Exception {
        TwoPhase coordinator = coordinator();
        Outcome<String> outcome = coordinator.begin(gid).awaitPhase2(PATIENCE).run(TwoPhaseCases::both);
        assertThat(outcome).isEqualTo(new Outcome.Committed<>(gid, "done"));
        assertThat(items(orders)).containsExactly("a", "c");
        assertThat(items(stock)).containsExactly("b");
        assertThat(prepared(orders)).isEmpty();
        await("it is finished", () -> isFinished(coordinator));
    }

    @Test
    void byJdbi_withItsOwnTransactionsJoining() throws Exception {
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
    void aBodyThatFails_leavesNothing() throws Exception {
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
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(TwoPhaseCases::both))
                .isInstanceOf(Outcome.Committed.class);
        assertThat(items(orders)).containsExactly("a", "c");
    }

    @Test
    void aParticipantThatRefuses_rollsBothBack() throws Exception {
        BranchEndpoint unwilling = call ->
                CompletableFuture.completedStage(new BranchReply.Refused(BranchReply.Code.BUSINESS, "not today"));
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
    void theSameGidAgain_rollsItsOwnWorkBack_andAnswersWhatStands() throws Exception {
        TwoPhase coordinator = coordinator();
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(TwoPhaseCases::both))
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
    void aBodyThatTakesTooLong_losesItsConnections() throws Exception {
        TwoPhase coordinator = coordinator();
        long began = System.nanoTime();
        assertThatThrownBy(() -> coordinator
                        .begin(gid)
                        .timeout(Duration.ofMillis(300))
                        .run(tx -> {
                            insert(tx, "orders", "late");
                            LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
                            insert(tx, "orders", "later");
                            return "late";
                        }))
                .isInstanceOf(TxnException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(PATIENCE);
        assertThat(coordinator.begin(gid).awaitPhase2(PATIENCE).run(tx -> {
                    insert(tx, "orders", "late");
                    return "in time";
                }))
                .isEqualTo(new Outcome.Committed<>(gid, "in time"));
    }

    @Test
    void whatHasBeenPrepared_isNotAborted_norIsWhatWasAbortedPrepared() throws Exception {
        OpenDatabase database = OpenDatabase.open(orders, "default");
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
                connection -> BranchXid.of(gid, "1", log.now(), connection, item.length(), "default", "first/1"));
        execute(branch.lent(), "INSERT INTO item VALUES ('" + item + "')");
        return branch;
    }

    @Test
    void inside_joins() throws Exception {
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
        XaBranch branch =
                zombie.begin(connection -> BranchXid.of(gid, "1", deadline, connection, 1, "default", coordinator));
        execute(branch.lent(), "INSERT INTO item VALUES ('left')");
        branch.end();
        branch.prepare();
        if (!open) {
            zombie.close();
        }
        return branch.xid();
    }

    @Test
    void whatADeadCoordinatorLeftUndecided_isRolledBack_alsoIfItsConnectionLives() throws Exception {
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
    void whatALivingCoordinatorHasPrepared_isLeftAloneUntilItsDeadline() throws Exception {
        TwoPhase living = open(builder("living"));
        living.begin("any").run(tx -> "joins the log");
        String coordinator = log.join("other", Duration.ofMinutes(1)).coordinator();
        leavePrepared(orders, coordinator, log.now().plusSeconds(6), true);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        assertThat(prepared(orders)).hasSize(1);
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

    @Test
    void branchesOfOthers_areLeftAlone() throws Exception {
        coordinator();
        XAConnection physical = orders.source().getXAConnection();
        Connection connection = physical.getConnection();
        for (int format : new int[] {1, BranchXid.FORMAT}) {
            Xid foreign = new Foreign(format, gid + format);
            XAResource xa = physical.getXAResource();
            xa.start(foreign, XAResource.TMNOFLAGS);
            execute(connection, "INSERT INTO item VALUES ('foreign" + format + "')");
            xa.end(foreign, XAResource.TMSUCCESS);
            xa.prepare(foreign);
            LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
            assertThat(prepared(orders)).hasSize(1);
            xa.commit(foreign, false);
        }
        physical.close();
    }

    @Test
    void aCommitThatTheLogKnows_isCarriedOutByAnotherCoordinator_whoeverHoldsTheConnection() throws Exception {
        BranchXid left = leavePrepared(orders, "dead/1", log.now().plusSeconds(3600), true);
        var branch = new TxnBranch(left.branch(), "orders", left.payload());
        log.decide(new TxnProposal(gid, Decision.COMMIT, left.deadline(), "dead/1", List.of(branch)));
        TwoPhase coordinator = open(builder("finder"));
        await("it is finished", () -> isFinished(coordinator));
        assertThat(items(orders)).containsExactly("left");
        assertThat(prepared(orders)).isEmpty();
    }

    @Test
    void whatIsWrongWithADatabase_isSaidAtTheStart() {
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
    void whatTheBodyMayNotDo() throws Exception {
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
}
