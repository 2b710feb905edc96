package io.coordkit.txn.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.TcpProxy;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TwoPhase.TwoPhaseCall;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.twophase.LoneEnding;
import io.coordkit.txn.twophase.TwoPhaseCoordinator;
import io.coordkit.txn.twophase.XaDatabase;
import io.coordkit.txn.twophase.XaParticipant;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The same cut of the network under two-phase and three-phase commit: one of two participants is cut off at the moment
 * when it has done what it was asked, and before it can say so.
 */
@Timeout(120)
class PartitionTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration ALONE = Duration.ofSeconds(2);
    private static final Duration TIMEOUT = Duration.ofSeconds(6);

    private final List<AutoCloseable> opened = new ArrayList<>();
    private TwoPhase coordinator;
    private Side near;
    private Side far;

    /** One participant with its database, and its two links to the coordinator, one for calls and one for questions. */
    private final class Side {
        private final JdbcDataSource database = database();
        private final TcpProxy calls;
        private final TcpProxy questions;
        private final XaParticipant<String> participant;
        private volatile @Nullable Operation last;

        Side(String name, int outcomesPort) {
            Jdbi.create(database)
                    .useHandle(handle -> handle.execute("CREATE TABLE account (id INT PRIMARY KEY, amount INT)"));
            Jdbi.create(database).useHandle(handle -> handle.execute("INSERT INTO account VALUES (1, 100)"));
            questions = own(TcpProxy.to(outcomesPort));
            InquiryEndpoint inquiries = own(GrpcInquiries.endpoint(channel(questions), Loopback.ACCESS));
            participant = own(XaParticipant.on(
                            XaDatabase.of(name, database),
                            (handle, call, amount) ->
                                    handle.execute("UPDATE account SET amount = amount + ?", Integer.parseInt(amount)),
                            bytes -> new String(bytes, StandardCharsets.UTF_8))
                    .asks("bank", inquiries)
                    .askEvery(Duration.ofMillis(200))
                    .endsAlone(ALONE)
                    .open());
            Loopback server = own(new Loopback(GrpcParticipants.service(Map.of(name, this::served), Loopback.ACCESS)));
            calls = own(TcpProxy.to(server.port()));
        }

        /** Cuts itself off between what it is asked last and its answer. */
        private CompletionStage<BranchReply> served(BranchCall call) {
            CompletionStage<BranchReply> reply = participant.call(call);
            return call.operation() != last
                    ? reply
                    : reply.thenApply(answer -> {
                        calls.cut();
                        questions.cut();
                        return answer;
                    });
        }

        void cutAfter(Operation operation) {
            last = operation;
        }

        void mend() {
            last = null;
            calls.mend();
            questions.mend();
        }

        int amount() {
            return Jdbi.create(database)
                    .withHandle(handle -> handle.select("SELECT amount FROM account")
                            .mapTo(Integer.class)
                            .one());
        }

        boolean isLocked() {
            try {
                Jdbi.create(database).useHandle(handle -> {
                    handle.execute("SET LOCK_TIMEOUT 50");
                    handle.execute("UPDATE account SET amount = amount");
                });
                return false;
            } catch (JdbiException e) {
                return true;
            }
        }
    }

    private static JdbcDataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        return source;
    }

    private <T extends AutoCloseable> T own(T resource) {
        opened.add(0, resource);
        return resource;
    }

    private ManagedChannel channel(TcpProxy link) {
        ManagedChannel channel = Grpc.newChannelBuilder(link.address(), InsecureChannelCredentials.create())
                .build();
        own(channel::shutdownNow);
        return channel;
    }

    private BranchEndpoint endpoint(TcpProxy link) {
        return GrpcParticipants.endpoint(channel(link), Loopback.ACCESS, Duration.ofMillis(500), () -> {});
    }

    @BeforeEach
    void open() {
        BranchEndpoint[] ends = new BranchEndpoint[2];
        coordinator = own(TwoPhaseCoordinator.builder()
                .log(SqlTxnLog.using(database()))
                .home("bank")
                .participant("near", call -> ends[0].call(call))
                .participant("far", call -> ends[1].call(call))
                .open());
        Loopback outcomes =
                own(new Loopback(GrpcInquiries.service(Map.of("bank", coordinator.inquiries()), Loopback.ACCESS)));
        near = new Side("near", outcomes.port());
        far = new Side("far", outcomes.port());
        ends[0] = endpoint(near.calls);
        ends[1] = endpoint(far.calls);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    private Outcome<String> transfer(String gid, Duration timeout, int amount, UnaryOperator<TwoPhaseCall> kind)
            throws InterruptedException {
        return kind.apply(coordinator.begin(gid).timeout(timeout)).run(tx -> {
            tx.enlist("near", Integer.toString(-amount).getBytes(StandardCharsets.UTF_8));
            return tx.enlist("far", Integer.toString(amount).getBytes(StandardCharsets.UTF_8));
        });
    }

    /** In which one side is cut off, once its connections have been made and used. */
    private Outcome<String> transferCutAfter(Operation operation, UnaryOperator<TwoPhaseCall> kind)
            throws InterruptedException {
        assertThat(transfer("before", PATIENCE, 0, call -> kind.apply(call).awaitPhase2(PATIENCE)))
                .isInstanceOf(Outcome.Committed.class);
        far.cutAfter(operation);
        return transfer("transfer", TIMEOUT, 10, kind);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private TxnStatus standing() {
        return coordinator.outcome("transfer").orElseThrow();
    }

    @Test
    void withoutACut_threePhaseCommitMovesTheMoney() throws Exception {
        assertThat(transfer("transfer", PATIENCE, 10, call -> call.threePhase().awaitPhase2(PATIENCE)))
                .isInstanceOf(Outcome.Committed.class);
        assertThat(near.amount()).isEqualTo(90);
        assertThat(far.amount()).isEqualTo(110);
        assertThat(near.participant.endedAlone(10)).isEmpty();
    }

    @Test
    void twoPhaseCommit_keepsWhatIsCutOffLocked_andIsConsistent() throws Exception {
        assertThat(transferCutAfter(Operation.TRY, call -> call)).isInstanceOf(Outcome.Aborted.class);
        LockSupport.parkNanos(TIMEOUT.plus(ALONE.multipliedBy(2)).toNanos());
        assertThat(near.amount()).isEqualTo(100);
        assertThat(far.amount()).isEqualTo(100);
        assertThat(far.isLocked()).as("the price: it waits for its outcome").isTrue();
        far.mend();
        await("it has heard", () -> !far.isLocked());
        assertThat(near.amount() + far.amount()).isEqualTo(200);
        await("nothing is left", () -> standing().state() == TxnState.ABORTED);
    }

    @Test
    void threePhaseCommit_freesWhatIsCutOff_andDiverges_andSaysSo() throws Exception {
        assertThat(transferCutAfter(Operation.PRE_COMMIT, TwoPhaseCall::threePhase))
                .isInstanceOf(Outcome.Aborted.class);
        await("it has ended by itself", () -> !far.isLocked());
        assertThat(near.amount()).as("as it was decided").isEqualTo(100);
        assertThat(far.amount()).as("all had voted yes").isEqualTo(110);
        assertThat(coordinator.admin().needingAttention(10)).isEmpty();

        far.mend();
        await(
                "it needs attention",
                () -> !coordinator.admin().needingAttention(10).isEmpty());
        assertThat(coordinator.admin().needingAttention(10).get(0).toString()).contains("HEURISTIC", "far");
        assertThat(far.participant.endedAlone(10)).singleElement().matches(LoneEnding::isContradicted);
        assertThat(coordinator
                        .admin()
                        .force("transfer", false, "10 taken back at the far side, A. Person")
                        .state())
                .isEqualTo(TxnState.ABORTED);
        assertThat(coordinator.admin().needingAttention(10)).isEmpty();
    }
}
