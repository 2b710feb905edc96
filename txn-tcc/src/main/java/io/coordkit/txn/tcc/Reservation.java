package io.coordkit.txn.tcc;

import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;

/**
 * What a participant has tried, and nobody has confirmed or cancelled.
 *
 * @param participant the participant's own name
 * @param origin as the try told it
 * @param inquiries how often its outcome was asked for
 */
public record Reservation(
        String gid, String branch, String participant, TxnOrigin origin, Payload payload, int inquiries) {

    Inquiry inquiry() {
        return new Inquiry(gid, branch, origin);
    }

    /** The call that ends it, under an epoch that is not lower than that of its try. */
    BranchCall ending(Operation operation, long epoch, String reason) {
        TxnOrigin source =
                new TxnOrigin(origin.home(), origin.coordinator(), Math.max(epoch, origin.epoch()), origin.deadline());
        return new BranchCall(gid, branch, participant, operation, 1, source, payload, reason);
    }
}
