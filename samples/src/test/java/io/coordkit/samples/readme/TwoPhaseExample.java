package io.coordkit.samples.readme;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.twophase.TwoPhaseCoordinator;
import io.coordkit.txn.twophase.XaDatabase;
import io.coordkit.txn.twophase.XaTransaction;
import java.sql.PreparedStatement;
import javax.sql.XADataSource;

/** The examples of docs/two-phase-commit.md, between the marks. */
final class TwoPhaseExample {
    private TwoPhaseExample() {}

    static TwoPhase coordinator(TxnLog log, XADataSource ordersDb, XADataSource stockDb) {
        // coordinator begins
        XaDatabase orders = XaDatabase.of("orders", ordersDb);
        XaDatabase stock = XaDatabase.of("stock", stockDb);
        TwoPhase twoPhase = TwoPhaseCoordinator.builder()
                .log(log)
                .name("shop-1")
                .database(orders)
                .database(stock)
                .open();
        // coordinator ends
        return twoPhase;
    }

    static Outcome<Long> run(TwoPhase twoPhase, XaDatabase stock) throws InterruptedException {
        // run begins
        Outcome<Long> outcome = twoPhase.begin("order-1").run(tx -> {
            try (PreparedStatement insert = tx.connection("orders").prepareStatement("INSERT INTO orders VALUES (?)")) {
                insert.setLong(1, 1L);
                insert.executeUpdate();
            }
            ((XaTransaction) tx)
                    .jdbi(stock)
                    .useHandle(db -> db.execute("UPDATE stock SET available = available - 2 WHERE sku = '4711'"));
            return 1L;
        });
        // run ends
        return outcome;
    }
}
