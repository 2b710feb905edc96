package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
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
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What a participant does that prepares its work in a database of its own: the rules X20 to X43 and X46 to X48 of
 * docs/contract.md.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
@Timeout(120)
abstract class XaParticipantContract {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration ALONE = Duration.ofMillis(500);

    private final String gid = "gid-" + UUID.randomUUID();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final CountDownLatch working = new CountDownLatch(1);
    private volatile InquiryReply outcome = new InquiryReply.Undecided();
    private volatile boolean reachable = true;
    private final AtomicInteger asked = new AtomicInteger();
    private Instant deadline = Instant.now().plusSeconds(3600);
    private XaDatabase database = XaDatabase.of("unset", new JdbcDataSource());

    /** A database of its own, empty. */
    abstract XADataSource database();

    /** Whether it refuses what is written where only reading was meant. */
    abstract boolean refusesWrites();

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
        return count("item");
    }

    private int count(String table) {
        try {
            XAConnection physical = database.source().getXAConnection();
            try (Connection connection = physical.getConnection();
                    Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
                rows.next();
                return rows.getInt(1);
            } finally {
                physical.close();
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private XaParticipant<String> open(UnaryOperator<XaParticipant.Builder<String>> settings) {
        XaParticipant.Builder<String> builder = XaParticipant.<String>on(
                        database,
                        (handle, call, payload) -> {
                            handle.execute("INSERT INTO item VALUES ('" + payload + "')");
                            if (payload.equals("no")) {
                                throw new RefusedException("not today");
                            }
                            if (payload.equals("slow") && working.getCount() > 0) {
                                working.countDown();
                                LockSupport.parkNanos(Duration.ofSeconds(10).toNanos());
                                handle.execute("INSERT INTO item VALUES ('more')");
                            }
                        },
                        XaParticipantContract::text)
                .asks("home", inquiry -> {
                    asked.incrementAndGet();
                    return reachable
                            ? CompletableFuture.completedStage(outcome)
                            : CompletableFuture.failedStage(new IOException("the network is cut"));
                })
                .askEvery(Duration.ofMillis(50));
        XaParticipant<String> participant = settings.apply(builder).open();
        opened.add(0, participant);
        return participant;
    }

    private XaParticipant<String> open() {
        return open(builder -> builder);
    }

    private XaParticipant<String> openForThreePhases() {
        return open(builder -> builder.endsAlone(ALONE));
    }

    private static String text(byte[] bytes) throws IOException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        if (text.equals("malformed")) {
            throw new IOException("malformed");
        }
        return text;
    }

    private BranchCall call(Operation operation, String payload, int attempt) {
        return call(gid, "1", operation, attempt, "home", "first/1", payload);
    }

    private BranchCall call(
            String ofGid,
            String branch,
            Operation operation,
            int attempt,
            String home,
            String coordinator,
            String payload) {
        return new BranchCall(
                ofGid,
                branch,
                "shop",
                operation,
                attempt,
                new TxnOrigin(home, coordinator, 1, deadline),
                Payload.of(payload.getBytes(StandardCharsets.UTF_8)),
                "");
    }

    private BranchReply ask(XaParticipant<String> participant, Operation operation, String payload, int attempt)
            throws Exception {
        return ask(participant, call(operation, payload, attempt));
    }

    private static BranchReply ask(XaParticipant<String> participant, BranchCall call) throws Exception {
        return participant.call(call).toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Whether it has done that; an answer that asks to ask again is a no. */
    private boolean isDone(XaParticipant<String> participant, Operation operation, String payload) {
        try {
            return ask(participant, operation, payload, 1) instanceof BranchReply.Done;
        } catch (Exception notYet) {
            return false;
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    /** So long that a participant could believe to be alone, and until what it would do then is done. */
    private void awaitLoneliness() {
        LockSupport.parkNanos(ALONE.multipliedBy(2).toNanos());
        int before = asked.get();
        await("it has asked again and again", () -> asked.get() >= before + 3);
    }

    private int prepared() {
        return prepared(gid);
    }

    private int prepared(String ofGid) {
        OpenDatabase looking = OpenDatabase.open(database, "participant");
        try {
            return (int) looking.inDoubt().stream()
                    .filter(xid -> xid.gid().equals(ofGid))
                    .count();
        } finally {
            looking.close();
        }
    }

    @Test
    void X20_whatIsPrepared_isCommittedOnce_howeverOftenItIsSaid() throws Exception {
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
    void X21_whatIsCancelled_leavesNothing() throws Exception {
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
    void X22_aNo_isToldWithItsReason() throws Exception {
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
    void X23_whatItLeftPrepared_theNextStartEnds_asItIsToldOrAsksFor() throws Exception {
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
                await("it takes the decision", () -> isDone(second, Operation.CONFIRM, "a"));
            } else {
                outcome = new InquiryReply.Confirm(1);
            }
            await("it is committed", () -> items() == before + 1);
            assertThat(prepared()).isZero();
        }
    }

    @Test
    void X24_aCancelInTheMiddleOfTheWork_endsIt() throws Exception {
        XaParticipant<String> participant = open();
        CompletableFuture<BranchReply> tried =
                participant.call(call(Operation.TRY, "slow", 1)).toCompletableFuture();
        assertThat(working.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await("it is cancelled", () -> isDone(participant, Operation.CANCEL, "slow"));
        assertThatThrownBy(tried::join).hasMessageContaining(gid);
        assertThat(prepared()).isZero();
        assertThat(items()).isZero();
    }

    @Test
    void X25_withACoordinator_bothOrNothing() throws Exception {
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

    private void vote(XaParticipant<String> participant, boolean preCommitted) throws Exception {
        assertThat(ask(participant, Operation.CAN_COMMIT, "a", 1)).isEqualTo(new BranchReply.Done());
        if (preCommitted) {
            assertThat(ask(participant, Operation.PRE_COMMIT, "a", 1)).isEqualTo(new BranchReply.Done());
        }
        assertThat(items()).isZero();
        assertThat(prepared()).isEqualTo(1);
    }

    /** One that has voted, and is alone from then on. */
    private XaParticipant<String> leftAlone(boolean preCommitted) throws Exception {
        deadline = Instant.now().plusMillis(200);
        XaParticipant<String> participant = openForThreePhases();
        vote(participant, preCommitted);
        reachable = false;
        await("it has ended", () -> prepared() == 0);
        return participant;
    }

    private static BranchReply.Code codeOf(BranchReply reply) {
        assertThat(reply).isInstanceOf(BranchReply.Refused.class);
        return ((BranchReply.Refused) reply).code();
    }

    @Test
    void X26_threePhases_endAsTheyAreTold_howeverOften() throws Exception {
        XaParticipant<String> participant = openForThreePhases();
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(ask(participant, Operation.CAN_COMMIT, "a", attempt)).isEqualTo(new BranchReply.Done());
        }
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(ask(participant, Operation.PRE_COMMIT, "a", attempt)).isEqualTo(new BranchReply.Done());
        }
        assertThat(items()).isZero();
        for (int attempt = 1; attempt <= 2; attempt++) {
            assertThat(ask(participant, Operation.CONFIRM, "a", attempt)).isEqualTo(new BranchReply.Done());
            assertThat(items()).isEqualTo(1);
        }
        assertThat(participant.endedAlone(10)).isEmpty();
        assertThat(codeOf(ask(participant, Operation.PRE_COMMIT, "a", 3))).isEqualTo(BranchReply.Code.WRONG_STATE);
    }

    @Test
    void X27_threePhases_canBeCancelledAfterEither() throws Exception {
        for (boolean preCommitted : new boolean[] {false, true}) {
            XaParticipant<String> participant = openForThreePhases();
            vote(participant, preCommitted);
            assertThat(ask(participant, Operation.CANCEL, "a", 1)).isEqualTo(new BranchReply.Done());
            assertThat(prepared()).isZero();
            assertThat(items()).isZero();
            assertThat(participant.endedAlone(10)).isEmpty();
            participant.close();
        }
    }

    @Test
    void X28_aloneAfterItsVote_itRollsBack_andSaysSoToWhoeverCommits() throws Exception {
        XaParticipant<String> participant = leftAlone(false);
        assertThat(items()).isZero();
        assertThat(participant.endedAlone(10))
                .singleElement()
                .satisfies(ending -> assertThat(ending.committed()).isFalse())
                .satisfies(ending -> assertThat(ending.decided()).isNull());
        assertThat(codeOf(ask(participant, Operation.PRE_COMMIT, "a", 1))).isEqualTo(BranchReply.Code.WRONG_STATE);
        assertThat(codeOf(ask(participant, Operation.CAN_COMMIT, "a", 2))).isEqualTo(BranchReply.Code.HEURISTIC);
        assertThat(codeOf(ask(participant, Operation.CONFIRM, "a", 1))).isEqualTo(BranchReply.Code.HEURISTIC);
        assertThat(participant.endedAlone(10)).singleElement().matches(LoneEnding::isContradicted);
        assertThat(items()).isZero();
    }

    @Test
    void X29_aloneAfterThePreCommit_itCommits_andSaysSoToWhoeverCancels() throws Exception {
        XaParticipant<String> participant = leftAlone(true);
        assertThat(items()).isEqualTo(1);
        assertThat(codeOf(ask(participant, Operation.CANCEL, "a", 1))).isEqualTo(BranchReply.Code.HEURISTIC);
        assertThat(participant.endedAlone(10)).singleElement().matches(LoneEnding::isContradicted);
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void X30_aloneAndRight_isRecorded_andAcknowledged() throws Exception {
        XaParticipant<String> participant = leftAlone(true);
        assertThat(ask(participant, Operation.CONFIRM, "a", 1)).isEqualTo(new BranchReply.Done());
        assertThat(items()).isEqualTo(1);
        assertThat(participant.endedAlone(10))
                .singleElement()
                .satisfies(ending -> assertThat(ending.committed()).isTrue())
                .satisfies(ending -> assertThat(ending.decided()).isTrue());
    }

    @Test
    void X31_whatEndedAlone_asksWhatWasDecided_afterARestart() throws Exception {
        leftAlone(true).close();
        XaParticipant<String> participant = openForThreePhases();
        outcome = new InquiryReply.Cancel(1, "aborted");
        reachable = true;
        await("it knows", () -> participant.endedAlone(10).get(0).isContradicted());
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void X32_aloneSinceBeforeARestart_itEndsAllTheSame_asItHadVoted() throws Exception {
        deadline = Instant.now().plusMillis(200);
        XaParticipant<String> first = openForThreePhases();
        vote(first, true);
        reachable = false;
        first.close();
        XaParticipant<String> second = openForThreePhases();
        await("it has ended", () -> items() == 1);
        await("it is recorded", () -> second.endedAlone(10).size() == 1);
    }

    @Test
    void X33_whoIsAnswered_isNotAlone_norBeforeTheDeadline() throws Exception {
        deadline = Instant.now().plusMillis(200);
        XaParticipant<String> participant = openForThreePhases();
        vote(participant, true);
        awaitLoneliness(); // "undecided" all the time
        assertThat(prepared()).isEqualTo(1);
        outcome = new InquiryReply.Cancel(1, "aborted");
        await("it has ended as it was told", () -> prepared() == 0);
        assertThat(items()).isZero();
        assertThat(participant.endedAlone(10)).isEmpty();
        participant.close();

        deadline = Instant.now().plusSeconds(3600);
        reachable = false;
        vote(openForThreePhases(), true);
        awaitLoneliness();
        assertThat(prepared()).isEqualTo(1);
        endWhatIsPrepared();
    }

    @Test
    void X34_aTwoPhaseCommit_isNeverEndedAlone() throws Exception {
        deadline = Instant.now().minusSeconds(1);
        XaParticipant<String> participant = openForThreePhases();
        assertThat(ask(participant, Operation.TRY, "a", 1)).isEqualTo(new BranchReply.Done());
        reachable = false;
        awaitLoneliness();
        assertThat(prepared()).isEqualTo(1);
        assertThat(participant.endedAlone(10)).isEmpty();
        await(
                "its age is seen",
                () -> participant.inDoubt().stream()
                        .anyMatch(waiting ->
                                waiting.gid().equals(gid) && waiting.age().compareTo(ALONE) > 0));
        endWhatIsPrepared();
    }

    /** So that it is not in the way of others on the server. */
    private void endWhatIsPrepared() {
        outcome = new InquiryReply.Cancel(1, "the test is over");
        reachable = true;
        await("nothing is prepared", () -> prepared() == 0);
    }

    @Test
    void X35_withoutItsPatience_itTakesNoPartInThreePhases() throws Exception {
        XaParticipant<String> participant = open();
        assertThat(ask(participant, Operation.CAN_COMMIT, "a", 1))
                .isInstanceOfSatisfying(
                        BranchReply.Refused.class,
                        refused -> assertThat(refused.reason()).contains("'shop'", "endsAlone"));
        assertThat(codeOf(ask(participant, Operation.PRE_COMMIT, "a", 1))).isEqualTo(BranchReply.Code.WRONG_STATE);
        assertThat(prepared()).isZero();
    }

    @Test
    void X36_withoutAnybodyToAsk_itIsRefused() {
        assertThatThrownBy(() -> XaParticipant.on(database, (handle, call, payload) -> {}, bytes -> "")
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("shop")
                .hasMessageContaining("asks(...)");
    }

    @Test
    void X43_whatItCouldNotAskAbout_isRefused() throws Exception {
        XaParticipant<String> participant = openForThreePhases();
        for (Operation vote : List.of(Operation.TRY, Operation.CAN_COMMIT)) {
            BranchCall ofAnotherLog = call(gid, "1", vote, 1, "elsewhere", "first/1", "a");
            assertThat(ask(participant, ofAnotherLog))
                    .isInstanceOfSatisfying(
                            BranchReply.Refused.class,
                            refused -> assertThat(refused.reason()).contains("'elsewhere'", "asks(...)"));
        }
        assertThat(prepared()).isZero();
    }

    /** A coordinator on the same database as the participant, which it reaches as long as it is told to. */
    private TwoPhaseCoordinator coordinator(BranchEndpoint shop) {
        JdbcDataSource log = new JdbcDataSource();
        log.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        TwoPhaseCoordinator coordinator = TwoPhaseCoordinator.builder()
                .log(SqlTxnLog.using(log))
                .home("home")
                .name("first")
                .scanEvery(Duration.ofMillis(50))
                .retry(RetrySchedule.DEFAULTS.withWaits(Duration.ofMillis(50), Duration.ofMillis(200)))
                .database(XaDatabase.of("own", database.source()))
                .participant("shop", shop)
                .open();
        opened.add(0, coordinator);
        return coordinator;
    }

    @Test
    void X37_onTheServerOfACoordinator_eachLeavesTheOthersBranchesAlone() throws Exception {
        XaParticipant<String> shop = open();
        AtomicBoolean isDown = new AtomicBoolean();
        TwoPhaseCoordinator coordinator = coordinator(call -> call.operation() == Operation.CONFIRM && isDown.get()
                ? CompletableFuture.failedStage(new IOException("it is down"))
                : shop.call(call));
        isDown.set(true);
        assertThat(coordinator.begin(gid).run(tx -> {
                    try (Statement statement = tx.connection("own").createStatement()) {
                        statement.execute("INSERT INTO item VALUES ('own')");
                    }
                    return tx.enlist("shop", "a".getBytes(StandardCharsets.UTF_8));
                }))
                .isInstanceOf(Outcome.Committed.class);
        await("the coordinator's own is committed", () -> items() == 1);
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        assertThat(prepared()).as("in doubt, and committed").isEqualTo(1);
        isDown.set(false);
        await("the participant's is committed", () -> items() == 2);

        OpenDatabase own = OpenDatabase.open(XaDatabase.of("own", database.source()), "home");
        XaBranch branch = own.begin(
                connection -> BranchXid.of(gid, "1", Instant.now().plusSeconds(60), connection, 1, "elsewhere", "x/1"),
                false);
        try (Statement statement = branch.lent().createStatement()) {
            statement.execute("INSERT INTO item VALUES ('own')");
        }
        branch.prepare();
        outcome = new InquiryReply.Cancel(1, "aborted");
        open(builder -> builder.asks("elsewhere", inquiry -> CompletableFuture.completedStage(outcome)));
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        assertThat(prepared()).isEqualTo(1);
        assertThat(own.end(branch.xid(), false)).isEqualTo(new BranchReply.Done());
        own.close();
    }

    /** Ends what that participant has prepared, as a person may do. */
    private void endByHand(boolean commit) {
        OpenDatabase hand = OpenDatabase.open(database, "participant");
        try {
            BranchXid xid = hand.inDoubt().stream()
                    .filter(each -> each.gid().equals(gid))
                    .findFirst()
                    .orElseThrow();
            await("it is ended", () -> {
                try {
                    return hand.end(xid, commit) instanceof BranchReply.Done;
                } catch (TxnException e) {
                    return false; // its connection had to be ended first
                }
            });
        } finally {
            hand.close();
        }
    }

    @Test
    void X38_aCommitThatFindsNothing_isNotSaidToBeDone() throws Exception {
        for (boolean living : new boolean[] {true, false}) {
            XaParticipant<String> participant = open();
            ask(participant, Operation.TRY, "a", 1);
            if (living) {
                endByHand(false);
            } else {
                participant.close(); // H2 rolls it back then
                if (prepared() == 1) {
                    endByHand(false);
                }
                participant = open();
            }
            assertThat(codeOf(ask(participant, Operation.CONFIRM, "a", 1))).isEqualTo(BranchReply.Code.HEURISTIC);
            assertThat(items()).isZero();
            participant.close();
        }
        deadline = Instant.now().minus(Duration.ofDays(30));
        assertThat(ask(open(), Operation.CONFIRM, "a", 1))
                .as("longer ago than is known")
                .isEqualTo(new BranchReply.Done());
    }

    @Test
    void X38_aRollbackOfWhatSomebodyHasCommitted_isNotSaidToBeDone() throws Exception {
        XaParticipant<String> participant = open();
        ask(participant, Operation.TRY, "a", 1);
        endByHand(true);
        assertThat(codeOf(ask(participant, Operation.CANCEL, "a", 1))).isEqualTo(BranchReply.Code.HEURISTIC);
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void X39_whatSomebodyElseHasEnded_doesNotKeepItsConnection() throws Exception {
        database = database.withMaxConnections(1).withPatience(Duration.ofMillis(100));
        XaParticipant<String> participant = open();
        ask(participant, Operation.TRY, "a", 1);
        endByHand(true);
        BranchCall other = call(gid + "2", "1", Operation.TRY, 1, "home", "first/1", "b");
        await("there is a connection", () -> {
            try {
                return participant.call(other).toCompletableFuture().join() instanceof BranchReply.Done;
            } catch (CompletionException e) {
                return false;
            }
        });
        assertThat(items()).isEqualTo(1);
        outcome = new InquiryReply.Cancel(1, "the test is over");
        await("nothing is prepared", () -> participant.inDoubt().isEmpty());
    }

    @Test
    void X40_aNameThatDoesNotFit_costsNoConnection() throws Exception {
        database = database.withMaxConnections(1).withPatience(Duration.ofMillis(100));
        XaParticipant<String> participant = open();
        for (int attempt = 1; attempt <= 3; attempt++) {
            BranchCall tooLong =
                    call(gid, "1", Operation.TRY, 1, "home", "a-name-of-forty-characters-is-too-long-here/1", "a");
            assertThat(ask(participant, tooLong))
                    .isInstanceOfSatisfying(
                            BranchReply.Refused.class,
                            refused -> assertThat(refused.reason()).contains("a-name-of-forty"));
        }
        assertThat(ask(participant, Operation.TRY, "a", 1)).isEqualTo(new BranchReply.Done());
        assertThat(ask(participant, Operation.CONFIRM, "a", 1)).isEqualTo(new BranchReply.Done());
    }

    @Test
    void X41_whoAnswersSlowly_holdsUpNobodyElse() throws Exception {
        int many = 30;
        XaParticipant<String> participant = open(builder -> builder.asks(
                "slow",
                inquiry -> CompletableFuture.supplyAsync(
                        () -> new InquiryReply.Confirm(1), CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS))));
        for (int i = 0; i < many; i++) {
            assertThat(ask(participant, call(gid, "b" + i, Operation.TRY, 1, "slow", "first/1", "a")))
                    .isEqualTo(new BranchReply.Done());
        }
        await("all are committed, in less time than one after the other", () -> items() == many);
    }

    @Test
    void X42_aCancelThatComesBeforeTheVote_isNotFollowedByIt() throws Exception {
        database = database.withMaxConnections(1).withPatience(PATIENCE);
        XaParticipant<String> participant = openForThreePhases();
        BranchCall first = call(gid + "1", "1", Operation.CAN_COMMIT, 1, "home", "first/1", "a");
        assertThat(ask(participant, first)).isEqualTo(new BranchReply.Done());
        CompletableFuture<BranchReply> waiting =
                participant.call(call(Operation.CAN_COMMIT, "b", 1)).toCompletableFuture();
        await("it waits for a connection", () -> count("coordkit_xa_three_phase WHERE gid = '" + gid + "'") == 1);
        assertThatThrownBy(() -> ask(participant, Operation.CANCEL, "b", 1)).hasMessageContaining("still at work");
        assertThat(ask(participant, call(gid + "1", "1", Operation.CANCEL, 1, "home", "first/1", "a")))
                .isEqualTo(new BranchReply.Done());
        assertThat(codeOf(waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS))).isEqualTo(BranchReply.Code.LATE_TRY);
        assertThat(prepared()).isZero();
        assertThat(items()).isZero();
    }

    @Test
    void X46_anotherPayloadThanTheBranchs_isRefused() throws Exception {
        XaParticipant<String> first = open();
        assertThat(ask(first, Operation.TRY, "a", 1)).isEqualTo(new BranchReply.Done());
        assertThat(codeOf(ask(first, Operation.TRY, "b", 2))).isEqualTo(BranchReply.Code.PAYLOAD_MISMATCH);
        first.close();
        XaParticipant<String> second = open();
        assertThat(codeOf(ask(second, Operation.TRY, "b", 2)))
                .as("after a restart")
                .isEqualTo(BranchReply.Code.PAYLOAD_MISMATCH);
        assertThat(ask(second, Operation.TRY, "a", 2)).isEqualTo(new BranchReply.Done());
        await("it is committed", () -> isDone(second, Operation.CONFIRM, "a"));
        assertThat(codeOf(ask(second, Operation.TRY, "b", 1)))
                .as("after the commit")
                .isEqualTo(BranchReply.Code.PAYLOAD_MISMATCH);
        assertThat(ask(second, Operation.TRY, "a", 1)).isEqualTo(new BranchReply.Done());
        assertThat(items()).isEqualTo(1);
    }

    @Test
    void X46_anotherPayloadThanThatAtWork_isRefusedAtOnce() throws Exception {
        XaParticipant<String> participant = open();
        CompletableFuture<BranchReply> tried =
                participant.call(call(Operation.TRY, "slow", 1)).toCompletableFuture();
        assertThat(working.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(codeOf(ask(participant, Operation.TRY, "b", 1))).isEqualTo(BranchReply.Code.PAYLOAD_MISMATCH);
        assertThat(tried).isNotDone();
        await("it is cancelled", () -> isDone(participant, Operation.CANCEL, "slow"));
        assertThatThrownBy(tried::join).hasMessageContaining(gid);
    }

    private XaParticipant<String> openForReading(UnaryOperator<XaParticipant.Builder<String>> settings) {
        XaParticipant.Builder<String> builder = XaParticipant.<String>on(
                        database,
                        (handle, call, payload) -> {
                            int items = handle.select("SELECT COUNT(*) FROM item")
                                    .mapTo(Integer.class)
                                    .one();
                            if (payload.equals("more") && items == 0) {
                                throw new RefusedException("none left");
                            }
                            if (payload.equals("write")) {
                                handle.execute("INSERT INTO item VALUES ('written')");
                            }
                        },
                        XaParticipantContract::text)
                .asks("home", inquiry -> CompletableFuture.completedStage(outcome))
                .readOnly();
        XaParticipant<String> participant = settings.apply(builder).open();
        opened.add(0, participant);
        return participant;
    }

    @Test
    void X47_whoOnlyReads_endsWithItsVote() throws Exception {
        reads(openForReading(builder -> builder));
        reads(openForReading(builder -> builder.endsAlone(ALONE)));
    }

    private void reads(XaParticipant<String> participant) throws Exception {
        for (Operation vote : List.of(Operation.TRY, Operation.CAN_COMMIT, Operation.TRY)) {
            assertThat(ask(participant, vote, "a", 1)).isEqualTo(new BranchReply.ReadOnly());
            assertThat(prepared()).isZero();
        }
        for (Operation late : List.of(Operation.PRE_COMMIT, Operation.CONFIRM, Operation.CANCEL)) {
            assertThat(ask(participant, late, "a", 1)).as("%s", late).isEqualTo(new BranchReply.Done());
        }
        assertThat(ask(participant, Operation.TRY, "more", 1))
                .isEqualTo(new BranchReply.Refused(BranchReply.Code.BUSINESS, "none left"));
        assertThat(count("coordkit_xa_guard")).isZero();
        BranchCall writing = call(gid + "2", "1", Operation.TRY, 1, "home", "first/1", "write");
        if (refusesWrites()) {
            assertThatThrownBy(() -> ask(participant, writing)).hasMessageFindingMatch("(?i)read.only");
        } else {
            assertThat(codeOf(ask(participant, writing))).isEqualTo(BranchReply.Code.BUSINESS);
            assertThat(prepared(gid + "2")).isZero();
        }
        assertThat(items()).isZero();
    }

    @Test
    void X48_whatNobodyCanBeAskedAbout_isListed() throws Exception {
        XaParticipant<String> first = open();
        ask(first, Operation.TRY, "a", 1);
        first.close();
        XaParticipant<String> second = XaParticipant.<String>on(
                        database, (handle, call, payload) -> {}, XaParticipantContract::text)
                .asks("elsewhere", inquiry -> CompletableFuture.completedStage(new InquiryReply.Cancel(1, "no")))
                .askEvery(Duration.ofMillis(50))
                .open();
        opened.add(0, second);
        await(
                "it is listed",
                () -> second.inDoubt().stream()
                        .anyMatch(waiting ->
                                waiting.gid().equals(gid) && waiting.age().toMillis() > 200));
        assertThat(prepared()).isEqualTo(1);
    }
}
