package io.coordkit.samples.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.samples.proto.Line;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.grpc.Access;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.twophase.XaDatabase;
import io.coordkit.txn.twophase.XaParticipant;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/two-phase-commit.md are those compiled here, and they do what they say. */
@Timeout(60)
class TwoPhaseExampleTest {
    private static JdbcDataSource database(String name) {
        JdbcDataSource database = new JdbcDataSource();
        database.setURL("jdbc:h2:mem:" + name + "-" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        return database;
    }

    @Test
    void theExamplesShownAreThoseCompiledHere() throws Exception {
        List<String> shown = ShownCode.in(Path.of("../docs/two-phase-commit.md"));
        List<String> marks = List.of("coordinator", "run", "participant");
        assertThat(shown).hasSameSizeAs(marks);
        for (int i = 0; i < marks.size(); i++) {
            ShownCode.requireCompiled(shown.get(i), "TwoPhaseExample.java", marks.get(i));
        }
    }

    @Test
    void theExamplesRun() throws Exception {
        JdbcDataSource ordersDb = database("orders");
        JdbcDataSource stockDb = database("stock");
        try (Handle orders = Jdbi.open(ordersDb);
                Handle stock = Jdbi.open(stockDb);
                TwoPhase twoPhase = TwoPhaseExample.coordinator(SqlTxnLog.using(database("log")), ordersDb, stockDb)) {
            orders.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY)");
            stock.execute("CREATE TABLE stock (sku VARCHAR(20) PRIMARY KEY, available INT)");
            stock.execute("INSERT INTO stock VALUES ('4711', 5)");
            assertThat(TwoPhaseExample.run(twoPhase, XaDatabase.of("stock", stockDb)))
                    .isEqualTo(new Outcome.Committed<>("order-1", 1L));
            while (!twoPhase.outcome("order-1").orElseThrow().state().isFinished()) {
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
            assertThat(stock.select("SELECT available FROM stock")
                            .mapTo(Integer.class)
                            .one())
                    .isEqualTo(3);
        }
    }

    @Test
    void theParticipantSells_orSaysWhyNot() throws Exception {
        JdbcDataSource inventoryDb = database("inventory");
        ManagedChannel nobody =
                NettyChannelBuilder.forAddress("127.0.0.1", 1).usePlaintext().build();
        try (Handle inventory = Jdbi.open(inventoryDb);
                XaParticipant<Line> participant = TwoPhaseExample.participant(inventoryDb, nobody, Access.open())) {
            inventory.execute("CREATE TABLE stock (sku VARCHAR(20) PRIMARY KEY, available INT)");
            inventory.execute("INSERT INTO stock VALUES ('4711', 5)");
            assertThat(ask(participant, "gid-1", Operation.TRY, 6)).isInstanceOf(BranchReply.Refused.class);
            assertThat(ask(participant, "gid-2", Operation.TRY, 2)).isEqualTo(new BranchReply.Done());
            assertThat(ask(participant, "gid-2", Operation.CONFIRM, 2)).isEqualTo(new BranchReply.Done());
            assertThat(inventory
                            .select("SELECT available FROM stock")
                            .mapTo(Integer.class)
                            .one())
                    .isEqualTo(3);
        } finally {
            nobody.shutdownNow();
        }
    }

    private static BranchReply ask(XaParticipant<Line> participant, String gid, Operation operation, int quantity) {
        Line line = Line.newBuilder().setSku("4711").setQuantity(quantity).build();
        TxnOrigin origin = new TxnOrigin("orders", "shop-1/1", 1, Instant.now().plusSeconds(60));
        return participant
                .call(new BranchCall(gid, "1", "inventory", operation, 1, origin, Payload.of(line.toByteArray()), ""))
                .toCompletableFuture()
                .join();
    }
}
