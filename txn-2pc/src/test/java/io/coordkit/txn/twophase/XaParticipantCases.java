package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import java.io.IOException;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a participant does that prepares its work in a database of its own. */
@Timeout(120)
abstract class XaParticipantCases {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final String gid = "gid-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final CountDownLatch working = new CountDownLatch(1);
    private volatile InquiryReply outcome = new InquiryReply.Undecided();
    private XaDatabase database = XaDatabase.of("unset", new JdbcDataSource());

    /** A database of its own, empty. */
    abstract XADataSource database();

    @BeforeEach
    void prepare() throws SQLException {
        database = XaDatabase.of("shop", database());
        execute("CREATE TABLE item (id VARCHAR(64))");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private void execute(String sql) throws SQLException {
        XAConnection physical = database.source().getXAConnection();
        try (Connection connection = physical.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } finally {
            physical.close();
        }
    }

    private int items() {
        try {
            XAConnection physical = database.source().getXAConnection();
            try (Connection connection = physical.getConnection();
                    Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT COUNT(*) FROM item")) {
                rows.next();
                return rows.getInt(1);
            } finally {
                physical.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private XaParticipant<String> open() {
        XaParticipant<String> participant = XaParticipant.<String>on(
                        database,
                        (handle, call, payload) -> {
                            handle.execute("INSERT INTO item VALUES ('" + payload + "')");
                            if (payload.equals("no")) {
                                throw new RefusedException("not today");
                            }
                            if (payload.equals("slow") && working.getCount() > 0) {
                                working.countDown();
                                LockSupport.parkNanos(Duration.ofSeconds(4).toNanos());
                                handle.execute("INSERT INTO item VALUES ('more')");
                            }
                        },
                        XaParticipantCases::text)
                .asks("home", inquiry -> CompletableFuture.completedStage(outcome))
                .askEvery(Duration.ofMillis(50))
                .open();
        opened.add(0, participant);
        return participant;
    }

    private static String text(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.equals("malformed")) {
            throw new IOException("malformed");
        }
        return text;
    }

    private BranchCall call(Operation operation, String payload, int attempt) {
        return new BranchCall(
                gid,
                "1",
                "shop",
                operation,
                attempt,
                new TxnOrigin("home", "first/1", 1, Instant.now().plusSeconds(3600)),
                Payload.of(payload.getBytes(StandardCharsets.UTF_8)),
                "");
    }

    private BranchReply ask(XaParticipant<String> participant, Operation operation, String payload, int attempt)
            throws Exception {
        return participant
                .call(call(operation, payload, attempt))
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    private int prepared() {
        OpenDatabase looking = OpenDatabase.open(database, "participant");
        try {
            return (int) looking.inDoubt().stream()
                    .filter(xid -> xid.gid().equals(gid))
                    .count();
        } finally {
            looking.close();
        }
    }

    @Test
    void whatIsPrepared_isCommittedOnce_howeverOftenItIsSaid() throws Exception {
        XaParticipant<String> participant = open();
        for (int attempt = 1; attempt <= 3; attempt++) {
            assertThat(ask(participant, Operation.TRY, "a", attempt == 1 ? 1 : 2))
                    .isEqualTo(new BranchReply.Done());
            assertThat(items()).isZero();
        }
        assertThat(prepared()).isEqualTo(1);
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(ask(participant, Operation.CONFIRM, "a", attempt)).isEqualTo(new BranchReply.Done());
            assertThat(items()).isEqualTo(1);
        }
        assertThat(ask(participant, Operation.TRY, "a", 1)).as("a late repeat").isEqualTo(new BranchReply.Done());
        assertThat(prepared()).isZero();
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void whatIsCancelled_leavesNothing() throws Exception {
        XaParticipant<String> participant = open();
        assertThat(ask(participant, Operation.CANCEL, "a", 1))
                .as("without a try")
                .isEqualTo(new BranchReply.Done());
        outcome = new InquiryReply.Cancel(1, "aborted");
        ask(participant, Operation.TRY, "a", 1);
        // Late: nobody will end it, so it asks. Its connection is here, and so it is left to its coordinator while it
        // lives.
        ask(participant, Operation.CANCEL, "a", 1);
        ask(participant, Operation.CANCEL, "a", 2);
        await("nothing is prepared", () -> prepared() == 0);
        assertThat(items()).isZero();
    }

    @Test
    void aNo_isToldWithItsReason() throws Exception {
        XaParticipant<String> participant = open();
        assertThat(ask(participant, Operation.TRY, "no", 1))
                .isEqualTo(new BranchReply.Refused(BranchReply.Code.BUSINESS, "not today"));
        assertThat(ask(participant, Operation.TRY, "malformed", 1))
                .isInstanceOfSatisfying(
                        BranchReply.Refused.class,
                        refused -> assertThat(refused.reason()).contains("malformed"));
        assertThat(prepared()).isZero();
        assertThat(items()).isZero();
    }

    @Test
    void whatItLeftPrepared_theNextStartEnds_asItIsToldOrAsksFor() throws Exception {
        for (boolean told : new boolean[] {true, false}) {
            outcome = new InquiryReply.Undecided();
            XaParticipant<String> first = open();
            execute("DELETE FROM coordkit_xa_guard");
            ask(first, Operation.TRY, "a", 1);
            first.close();
            int before = items();
            XaParticipant<String> second = open();
            assertThat(ask(second, Operation.TRY, "a", 2)).isEqualTo(new BranchReply.Done());
            if (told) {
                ask(second, Operation.CONFIRM, "a", 1);
            } else {
                outcome = new InquiryReply.Confirm(1);
            }
            await("it is committed", () -> items() == before + 1);
            assertThat(prepared()).isZero();
        }
    }

    @Test
    void aCancelInTheMiddleOfTheWork_endsIt() throws Exception {
        XaParticipant<String> participant = open();
        CompletableFuture<BranchReply> tried =
                participant.call(call(Operation.TRY, "slow", 1)).toCompletableFuture();
        assertThat(working.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await("it is cancelled", () -> {
            try {
                return ask(participant, Operation.CANCEL, "slow", 1) instanceof BranchReply.Done;
            } catch (Exception stillAtWork) {
                return false;
            }
        });
        assertThatThrownBy(tried::join).hasMessageContaining(gid);
        assertThat(prepared()).isZero();
        assertThat(items()).isZero();
    }

    @Test
    void withACoordinator_bothOrNothing() throws Exception {
        JdbcConnectionPool logDatabase = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
        JdbcDataSource own = new JdbcDataSource();
        own.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        try (TwoPhase coordinator = TwoPhaseCoordinator.builder()
                .log(SqlTxnLog.using(logDatabase))
                .home("home")
                .database(XaDatabase.of("own", own))
                .participant("shop", open())
                .open()) {
            for (String payload : List.of("a", "no")) {
                Outcome<String> outcome = coordinator
                        .begin(gid + payload)
                        .awaitPhase2(PATIENCE)
                        .run(tx -> {
                            try (Statement statement = tx.connection("own").createStatement()) {
                                statement.execute("INSERT INTO coordkit_xa_resource VALUES ('" + payload + "', 'b')");
                            }
                            return tx.enlist("shop", payload.getBytes(StandardCharsets.UTF_8));
                        });
                assertThat(outcome instanceof Outcome.Committed).isEqualTo(payload.equals("a"));
            }
            assertThat(items()).isEqualTo(1);
        } finally {
            logDatabase.dispose();
        }
    }

    @Test
    void withoutAnybodyToAsk_itIsRefused() {
        assertThatThrownBy(() -> XaParticipant.on(database, (handle, call, payload) -> {}, bytes -> "")
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("shop")
                .hasMessageContaining("asks(...)");
    }
}
