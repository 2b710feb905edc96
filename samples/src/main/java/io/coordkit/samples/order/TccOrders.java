package io.coordkit.samples.order;

import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** By Try-Confirm-Cancel: both sides reserve first. Thread-safe. */
record TccOrders(Tcc tcc) implements OrderTransactions {
    /** The name of this service's own participant. */
    static final String ORDER = "order";

    @Override
    public Outcome<String> place(OrderRow order, ReserveRequest reservation, Duration timeout)
            throws InterruptedException {
        return tcc.begin(order.gid()).timeout(timeout).run(tx -> {
            tx.enlist(ORDER, order.orderNo().getBytes(StandardCharsets.US_ASCII));
            tx.enlist(INVENTORY, reservation.toByteArray());
            return order.orderNo();
        });
    }

    @Override
    public TxnService service() {
        return tcc;
    }
}
