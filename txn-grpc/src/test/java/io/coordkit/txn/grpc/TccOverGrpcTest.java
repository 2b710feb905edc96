package io.coordkit.txn.grpc;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.config.Settings;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.tcc.TccCoordinator;
import java.net.URI;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TccOverGrpcTest {
    private final JdbcConnectionPool logDatabase = StockServer.database();
    private final StockServer near = new StockServer(10);
    private final StockServer far = new StockServer(10);
    private BranchEndpoint nearClient;
    private BranchEndpoint farClient;
    private Tcc tcc;

    @BeforeEach
    void open() {
        GrpcEndpointProvider provider = new GrpcEndpointProvider();
        nearClient = provider.open(URI.create("grpc://127.0.0.1:" + near.port()), Settings.NONE);
        farClient = provider.open(URI.create("grpc://127.0.0.1:" + far.port()), Settings.NONE);
        tcc = TccCoordinator.builder()
                .log(SqlTxnLog.using(logDatabase))
                .participant("near", named(nearClient))
                .participant("far", named(farClient))
                .retry(RetrySchedule.DEFAULTS.withWaits(ofMillis(20), ofMillis(200)))
                .callTimeout(ofSeconds(2))
                .open();
    }

    /** Both servers call their one participant "stock"; the coordinator needs two names. */
    private static BranchEndpoint named(BranchEndpoint endpoint) {
        return call -> endpoint.call(new BranchCall(
                call.gid(),
                call.branch(),
                "stock",
                call.operation(),
                call.attempt(),
                call.origin(),
                call.payload(),
                call.reason()));
    }

    @AfterEach
    void close() {
        tcc.close();
        nearClient.close();
        farClient.close();
        near.close();
        far.close();
        StockServer.drop(logDatabase);
    }

    private Outcome<String> buy(String gid, int quantity, Duration timeout) throws InterruptedException {
        return tcc.begin(gid).timeout(timeout).run(tx -> {
            tx.enlist("near", Stock.payload(quantity));
            tx.enlist("far", Stock.payload(quantity));
            return "bought";
        });
    }

    @Test
    void commit_confirmsBoth() throws Exception {
        assertThat(buy("order-1", 3, ofSeconds(10))).isEqualTo(new Outcome.Committed<>("order-1", "bought"));
        awaitLedgers("order-1", TxnState.COMMITTED, "7/0/3", "7/0/3");
    }

    @Test
    void refusal_cancelsBothAndTellsTheReason() throws Exception {
        assertThat(buy("order-1", 11, ofSeconds(10)))
                .isInstanceOfSatisfying(
                        Outcome.Aborted.class,
                        aborted -> assertThat(aborted.reason()).contains("çok az: fewer than 11 left"));
        awaitLedgers("order-1", TxnState.ABORTED, "10/0/0", "10/0/0");
    }

    @Test
    void confirmThatFailsThreeTimes_isRepeatedUntilItWorks() throws Exception {
        far.stock.failingConfirms.set(3);
        assertThat(buy("order-1", 3, ofSeconds(10))).isInstanceOf(Outcome.Committed.class);
        awaitLedgers("order-1", TxnState.COMMITTED, "7/0/3", "7/0/3");
        assertThat(far.stock.failingConfirms).hasValue(0);
    }

    @Test
    void participantDownAtTry_abortsAtTheDeadline_andIsCancelledWhenItIsBack() throws Exception {
        far.stop();
        assertThat(buy("order-1", 3, ofSeconds(1))).isInstanceOf(Outcome.Aborted.class);
        await("near cancelled", () -> near.stock.ledger().equals("10/0/0"));
        assertThat(tcc.outcome("order-1").orElseThrow().state()).isEqualTo(TxnState.ABORTING);
        far.restart();
        awaitLedgers("order-1", TxnState.ABORTED, "10/0/0", "10/0/0");
    }

    @Test
    void cancelThatOvertakesItsTry_leavesNothing_andTheTryIsRefused() throws Exception {
        CompletableFuture<BranchReply> cancelled = new CompletableFuture<>();
        CompletableFuture<BranchReply> lateTry = new CompletableFuture<>();
        BranchEndpoint overtaking = call -> {
            if (call.operation() == Operation.TRY) {
                // On its way for so long that the cancel is there first.
                CompletionStage<BranchReply> delayed =
                        cancelled.thenCompose(any -> named(farClient).call(call).toCompletableFuture());
                delayed.whenComplete((reply, failure) -> lateTry.complete(reply));
                return new CompletableFuture<>();
            }
            return named(farClient).call(call).whenComplete((reply, failure) -> cancelled.complete(reply));
        };
        try (Tcc coordinator = TccCoordinator.builder()
                .log(SqlTxnLog.using(logDatabase))
                .participant("near", named(nearClient))
                .participant("far", overtaking)
                .open()) {
            Outcome<String> outcome = coordinator
                    .begin("order-1")
                    .timeout(ofSeconds(5))
                    .run(tx -> {
                        tx.enlist("near", Stock.payload(3));
                        return tx.enlist("far", Stock.payload(3));
                    });
            assertThat(outcome).isInstanceOf(Outcome.Aborted.class);
            assertThat(lateTry.get(20, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            BranchReply.Refused.class,
                            refused -> assertThat(refused.code()).isEqualTo(BranchReply.Code.LATE_TRY));
            awaitLedgers("order-1", TxnState.ABORTED, "10/0/0", "10/0/0");
        }
    }

    @Test
    void sameConfirmFiveTimesAtOnce_sellsOnce() throws Exception {
        BranchEndpoint shouting = call -> {
            if (call.operation() != Operation.CONFIRM) {
                return named(farClient).call(call);
            }
            CompletableFuture<?>[] deliveries = new CompletableFuture<?>[5];
            for (int i = 0; i < deliveries.length; i++) {
                deliveries[i] = named(farClient).call(call).toCompletableFuture();
            }
            return CompletableFuture.allOf(deliveries).thenApply(any -> new BranchReply.Done());
        };
        try (Tcc coordinator = TccCoordinator.builder()
                .log(SqlTxnLog.using(logDatabase))
                .participant("near", named(nearClient))
                .participant("far", shouting)
                .open()) {
            coordinator.begin("order-1").run(tx -> {
                tx.enlist("near", Stock.payload(3));
                return tx.enlist("far", Stock.payload(3));
            });
            awaitLedgers("order-1", TxnState.COMMITTED, "7/0/3", "7/0/3");
        }
    }

    @Test
    void participantDownForAWhile_commitsAsSoonAsItIsBack() throws Exception {
        assertThat(buy("order-1", 1, ofSeconds(10))).isInstanceOf(Outcome.Committed.class);
        awaitLedgers("order-1", TxnState.COMMITTED, "9/0/1", "9/0/1");
        far.stop();
        CompletableFuture<Outcome<String>> answer = CompletableFuture.supplyAsync(() -> {
            try {
                return buy("order-2", 1, ofSeconds(30));
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        await("near is tried", () -> near.stock.ledger().equals("8/1/1"));
        far.restart();
        assertThat(answer.get(30, TimeUnit.SECONDS)).isInstanceOf(Outcome.Committed.class);
        awaitLedgers("order-2", TxnState.COMMITTED, "8/0/2", "8/0/2");
    }

    @Test
    void coordinatorFromProperties_reachesItsParticipants() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("coordkit.tcc.jdbc-url", "jdbc:h2:mem:props;DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        properties.setProperty("coordkit.tcc.user", "sa");
        properties.setProperty("coordkit.tcc.participants.stock", "grpc://127.0.0.1:" + near.port());
        properties.setProperty("coordkit.tcc.retry-max", "PT1S");
        try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(properties))) {
            Outcome<String> outcome = kit.tcc().begin("order-1").run(tx -> tx.enlist("stock", Stock.payload(4)));
            assertThat(outcome).isEqualTo(new Outcome.Committed<>("order-1", "1"));
            await("sold", () -> near.stock.ledger().equals("6/0/4"));
        }
    }

    private void awaitLedgers(String gid, TxnState state, String nearLedger, String farLedger) {
        await(
                gid + " " + state,
                () -> tcc.outcome(gid).filter(status -> status.state() == state).isPresent());
        assertThat(near.stock.ledger()).isEqualTo(nearLedger);
        assertThat(far.stock.ledger()).isEqualTo(farLedger);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(ofMillis(5).toNanos());
        }
    }
}
