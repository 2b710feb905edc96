package io.coordkit.txn.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.twophase.TwoPhaseCoordinator;
import io.coordkit.txn.twophase.XaDatabase;
import io.coordkit.txn.twophase.XaParticipant;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A coordinator with a database of its own, and a participant with another behind gRPC, which asks over gRPC as well. */
@Timeout(120)
class TwoPhaseOverGrpcTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final JdbcDataSource own = database();
    private final JdbcDataSource remote = database();
    private TwoPhase coordinator;
    private Loopback outcomes;
    private XaParticipant<String> participant;
    private Loopback wire;

    private static JdbcDataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        return source;
    }

    @BeforeEach
    void open() {
        for (JdbcDataSource each : new JdbcDataSource[] {own, remote}) {
            Jdbi.create(each).useHandle(handle -> handle.execute("CREATE TABLE item (id VARCHAR(20) PRIMARY KEY)"));
        }
        // Who is called is known later, as with services that call each other.
        BranchEndpoint shop = call -> endpoint().call(call);
        coordinator = TwoPhaseCoordinator.builder()
                .log(SqlTxnLog.using(database()))
                .home("orders")
                .database(XaDatabase.of("own", own))
                .participant("shop", shop)
                .open();
        outcomes = new Loopback(GrpcInquiries.service(Map.of("orders", coordinator.inquiries()), Loopback.ACCESS));
        participant = XaParticipant.on(
                        XaDatabase.of("shop", remote),
                        TwoPhaseOverGrpcTest::sell,
                        bytes -> new String(bytes, StandardCharsets.UTF_8))
                .asks("orders", GrpcInquiries.endpoint(outcomes.channel(), Loopback.ACCESS))
                .askEvery(Duration.ofMillis(100))
                .open();
        wire = new Loopback(GrpcParticipants.service(Map.of("shop", participant), Loopback.ACCESS));
    }

    private BranchEndpoint endpoint() {
        return GrpcParticipants.endpoint(wire.channel(), Loopback.ACCESS);
    }

    private static void sell(Handle handle, BranchCall call, String item) {
        if (item.equals("none")) {
            throw new RefusedException("sold out");
        }
        handle.execute("INSERT INTO item VALUES (?)", item);
    }

    @AfterEach
    void close() {
        coordinator.close();
        wire.close();
        participant.close();
        outcomes.close();
    }

    private static int items(JdbcDataSource database) {
        return Jdbi.create(database)
                .withHandle(handle -> handle.select("SELECT COUNT(*) FROM item")
                        .mapTo(Integer.class)
                        .one());
    }

    private Outcome<String> sell(String item) throws InterruptedException {
        return coordinator.begin("gid-" + item).awaitPhase2(PATIENCE).run(tx -> {
            write(tx.connection("own").createStatement(), item);
            return tx.enlist("shop", item.getBytes(StandardCharsets.UTF_8));
        });
    }

    private static void write(Statement statement, String item) throws SQLException {
        try (statement) {
            statement.execute("INSERT INTO item VALUES ('" + item + "')");
        }
    }

    @Test
    void bothCommit_orNeither() throws Exception {
        assertThat(sell("a")).isInstanceOf(Outcome.Committed.class);
        assertThat(items(own)).isEqualTo(1);
        assertThat(items(remote)).isEqualTo(1);
        assertThat(sell("none"))
                .isInstanceOfSatisfying(
                        Outcome.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains("sold out"));
        assertThat(items(own)).isEqualTo(1);
        assertThat(items(remote)).isEqualTo(1);
    }

    @Test
    void whatACoordinatorLeftPrepared_asksAndIsRolledBack() throws Exception {
        TxnOrigin dead = new TxnOrigin("orders", "dead/1", 1, Instant.now().plusSeconds(3600));
        BranchReply reply = endpoint()
                .call(new BranchCall(
                        "left",
                        "1",
                        "shop",
                        Operation.TRY,
                        1,
                        dead,
                        Payload.of("left".getBytes(StandardCharsets.UTF_8)),
                        ""))
                .toCompletableFuture()
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertThat(reply).isEqualTo(new BranchReply.Done());
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (coordinator.outcome("left").isEmpty()) {
            TooLate.check(end, "it has asked");
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
        assertThat(coordinator.outcome("left").orElseThrow().state()).isEqualTo(TxnState.ABORTED);
        assertThat(sell("left")).as("the same row can be written").isInstanceOf(Outcome.Committed.class);
        assertThat(items(remote)).isEqualTo(1);
    }
}
