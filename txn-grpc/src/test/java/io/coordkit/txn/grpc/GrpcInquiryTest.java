package io.coordkit.txn.grpc;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.tcc.GuardedParticipant;
import io.coordkit.txn.tcc.TccCoordinator;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Participants that ask, over the wire. */
class GrpcInquiryTest {
    private static final Inquiry INQUIRY =
            new Inquiry("Order-1", "2", new TxnOrigin("orders", "order/7", 3, Instant.ofEpochMilli(1763700000123L)));

    private final BlockingQueue<Inquiry> received = new LinkedBlockingQueue<>();

    @Test
    void everyPartOfAnInquiryAndOfItsAnswer_arrives() throws Exception {
        for (InquiryReply said : List.of(
                new InquiryReply.Undecided(),
                new InquiryReply.Confirm(5),
                new InquiryReply.Cancel(6, "gerek\u00e7e"))) {
            InquiryEndpoint home = inquiry -> {
                received.add(inquiry);
                return CompletableFuture.completedStage(said);
            };
            try (Loopback server = new Loopback(GrpcInquiries.service(Map.of("orders", home), Access.open()))) {
                InquiryEndpoint client = GrpcInquiries.endpoint(server.channel(), Access.open());
                assertThat(client.ask(INQUIRY).toCompletableFuture().get(20, TimeUnit.SECONDS))
                        .isEqualTo(said);
                assertThat(received.take()).isEqualTo(INQUIRY);
            }
        }
    }

    @Test
    void aFailureAndAHomeThatIsNotServedThere_areNoAnswer() {
        InquiryEndpoint failing = inquiry -> CompletableFuture.failedStage(new IllegalStateException("db is down"));
        assertNoAnswer("orders", failing, "db is down");
        assertNoAnswer("others", failing, "'orders'");
    }

    private static void assertNoAnswer(String served, InquiryEndpoint home, String named) {
        try (Loopback server = new Loopback(GrpcInquiries.service(Map.of(served, home), Access.open()))) {
            assertThatThrownBy(() -> GrpcInquiries.endpoint(server.channel(), Access.open())
                            .ask(INQUIRY)
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS))
                    .hasMessageContaining(named);
        }
    }

    @Test
    void reservationOfACoordinatorThatDied_isGivenBack_andOneThatWasCommittedIsSold() throws Exception {
        JdbcConnectionPool logDatabase = StockServer.database();
        JdbcConnectionPool stockDatabase = StockServer.database();
        TxnLog log = SqlTxnLog.using(logDatabase);
        try (Tcc home = TccCoordinator.builder()
                        .log(log)
                        .home("orders")
                        .name("witness")
                        .open();
                Loopback outcomes =
                        new Loopback(GrpcInquiries.service(Map.of("orders", home.inquiries()), Access.open()))) {
            Stock stock = new Stock(Jdbi.create(stockDatabase), 10);
            GuardedParticipant guarded = GuardedParticipant.on(stockDatabase, stock, Stock::read)
                    .name("stock")
                    .reservationTtl(ofMillis(100))
                    .asks("orders", GrpcInquiries.endpoint(outcomes.channel(), Access.open()))
                    .open();
            Loopback server = new Loopback(GrpcParticipants.service(Map.of("stock", guarded), Access.open()));
            try (BranchEndpoint client = server.client(guarded::close)) {
                // Its tries arrive; its second phase never does.
                BranchEndpoint half =
                        call -> call.operation() == Operation.TRY ? client.call(call) : new CompletableFuture<>();
                BranchEndpoint silent = call -> new CompletableFuture<>();
                TccCoordinator.Builder dying = TccCoordinator.builder()
                        .log(log)
                        .home("orders")
                        .name("dying")
                        .participant("stock", half)
                        .participant("silent", silent);
                CompletableFuture<Outcome<String>> undecided;
                try (Tcc tcc = dying.open()) {
                    assertThat(tcc.begin("sold").run(tx -> tx.enlist("stock", Stock.payload(3))))
                            .isInstanceOf(Outcome.Committed.class);
                    await("sold", () -> stock.ledger().equals("7/0/3"));
                    undecided = CompletableFuture.supplyAsync(() -> {
                        try {
                            return tcc.begin("given-back")
                                    .timeout(ofSeconds(60))
                                    .run(tx -> {
                                        tx.enlist("stock", Stock.payload(2));
                                        return tx.enlist("silent", new byte[0]);
                                    });
                        } catch (InterruptedException e) {
                            throw new IllegalStateException(e);
                        }
                    });
                    await("reserved", () -> stock.ledger().equals("5/2/3"));
                    await(
                            "asked while it may still be decided",
                            () -> guarded.reservations(1).get(0).inquiries() >= 2);
                    log.join("dying", ofSeconds(60));
                    await("given back", () -> stock.ledger().equals("7/0/3"));
                }
                assertThat(undecided.get(20, TimeUnit.SECONDS)).isInstanceOf(Outcome.Aborted.class);
            }
        } finally {
            StockServer.drop(logDatabase);
            StockServer.drop(stockDatabase);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(ofMillis(5).toNanos());
        }
    }
}
