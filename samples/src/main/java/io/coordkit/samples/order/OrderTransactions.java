package io.coordkit.samples.order;

import io.coordkit.samples.proto.ReserveRequest;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TxnService;
import java.time.Duration;

/** Places one order here and at the inventory, in both or in neither. Thread-safe. */
interface OrderTransactions {
    /** The name by which the inventory is enlisted. */
    String INVENTORY = "inventory";

    /** What stands if that order's transaction was decided before. */
    Outcome<String> place(OrderRow order, ReserveRequest reservation, Duration timeout) throws InterruptedException;

    /** For what became of transactions. */
    TxnService service();
}
