package io.coordkit.samples.order;

import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.tcc.TccParticipant;
import org.jdbi.v3.core.Handle;

/** The order service's own share of an order; its payload is the order number. Immutable and thread-safe. */
final class OrderBranch implements TccParticipant<String> {

    @Override
    public void onTry(Handle handle, BranchCall call, String orderNo) {
        int updated =
                handle.execute("UPDATE orders SET state = 'PLACING' WHERE order_no = ? AND state = 'PENDING'", orderNo);
        if (updated == 0) {
            throw new RefusedException("order " + orderNo + " is not pending any more");
        }
    }

    @Override
    public void onConfirm(Handle handle, BranchCall call, String orderNo) {
        handle.execute("UPDATE orders SET state = 'CONFIRMED' WHERE order_no = ? AND state = 'PLACING'", orderNo);
    }

    @Override
    public void onCancel(Handle handle, BranchCall call, String orderNo) {
        handle.execute(
                "UPDATE orders SET state = 'CANCELLED', reason = ? WHERE order_no = ? AND state = 'PLACING'",
                OrderStore.shortened(call.reason()),
                orderNo);
    }
}
