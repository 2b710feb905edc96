package io.coordkit.samples.readme;

import io.coordkit.samples.proto.Line;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.grpc.Access;
import io.coordkit.txn.grpc.GrpcInquiries;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.twophase.TwoPhaseCoordinator;
import io.coordkit.txn.twophase.XaDatabase;
import io.coordkit.txn.twophase.XaParticipant;
import io.grpc.Channel;
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
                .home("orders")
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
            stock.jdbi(tx).useHandle(db -> db.execute("UPDATE stock SET available = available - 2 WHERE sku = '4711'"));
            return 1L;
        });
        // run ends
        return outcome;
    }

    static XaParticipant<Line> participant(XADataSource inventoryDb, Channel orders, Access access) {
        // participant begins
        XaParticipant<Line> inventory = XaParticipant.on(
                        XaDatabase.of("inventory", inventoryDb),
                        (db, call, line) -> {
                            int taken = db.execute(
                                    "UPDATE stock SET available = available - ? WHERE sku = ? AND available >= ?",
                                    line.getQuantity(),
                                    line.getSku(),
                                    line.getQuantity());
                            if (taken == 0) {
                                throw new RefusedException("Not enough of " + line.getSku());
                            }
                        },
                        Line::parseFrom)
                .asks("orders", GrpcInquiries.endpoint(orders, access))
                .open();
        // participant ends
        return inventory;
    }
}
