package io.coordkit.samples.order;

import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnService;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;

/** By two-phase commit: the order's row is written here, and the inventory's at its own. Thread-safe. */
record TwoPhaseOrders(TwoPhase twoPhase) implements OrderTransactions {
    /** The name of this service's own database. */
    static final String DATABASE = "order";

    @Override
    public Outcome<String> place(OrderRow order, ReserveRequest reservation, Duration timeout)
            throws InterruptedException {
        try {
            return twoPhase.begin(order.gid()).timeout(timeout).run(tx -> {
                confirm(tx.connection(DATABASE), order.orderNo());
                tx.enlist(INVENTORY, reservation.toByteArray());
                return order.orderNo();
            });
        } catch (RefusedException e) {
            return new Outcome.Aborted<>(order.gid(), String.valueOf(e.getMessage()));
        }
    }

    static void confirm(Connection connection, String orderNo) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE orders SET state = 'CONFIRMED' WHERE order_no = ? AND state = 'PENDING'")) {
            update.setString(1, orderNo);
            if (update.executeUpdate() == 0) {
                throw new RefusedException("order " + orderNo + " is not pending any more");
            }
        }
    }

    @Override
    public TxnService service() {
        return twoPhase;
    }
}
