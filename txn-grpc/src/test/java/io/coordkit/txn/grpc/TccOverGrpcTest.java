package io.coordkit.txn.grpc;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.tcc.TccCoordinator;
import java.net.URI;
import java.time.Duration;
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
        nearClient = provider.open(URI.create("grpc://127.0.0.1:" + near.port()));
        farClient = provider.open(URI.create("grpc://127.0.0.1:" + far.port()));
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
        return call -> endpoint.call(new io.coordkit.txn.spi.BranchCall(
                call.gid(),
                call.branch(),
                "stock",
                call.operation(),
                call.epoch(),
                call.deadline(),
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
        logDatabase.dispose();
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
        assertThat(tcc.state("order-1").orElseThrow().state()).isEqualTo(TxnState.ABORTING);
        far.restart();
        awaitLedgers("order-1", TxnState.ABORTED, "10/0/0", "10/0/0");
    }

    private void awaitLedgers(String gid, TxnState state, String nearLedger, String farLedger) {
        await(gid + " " + state, () -> tcc.state(gid).orElseThrow().state() == state);
        assertThat(near.stock.ledger()).isEqualTo(nearLedger);
        assertThat(far.stock.ledger()).isEqualTo(farLedger);
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            java.util.concurrent.locks.LockSupport.parkNanos(ofMillis(5).toNanos());
        }
    }
}
