package io.coordkit.samples.order;

import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnService;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** By three-phase commit: this service takes part like the inventory, for its row is a participant's. Thread-safe. */
record ThreePhaseOrders(TwoPhase twoPhase) implements OrderTransactions {
    /** The name by which this service is enlisted. */
    static final String ORDER = "order";

    @Override
    public Outcome<String> place(OrderRow order, ReserveRequest reservation, Duration timeout)
            throws InterruptedException {
        return twoPhase.begin(order.gid()).timeout(timeout).threePhase().run(tx -> {
            tx.enlist(ORDER, order.orderNo().getBytes(StandardCharsets.US_ASCII));
            tx.enlist(INVENTORY, reservation.toByteArray());
            return order.orderNo();
        });
    }

    @Override
    public TxnService service() {
        return twoPhase;
    }
}
