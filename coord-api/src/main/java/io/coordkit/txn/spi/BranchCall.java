package io.coordkit.txn.spi;

import io.coordkit.txn.Payload;
import java.time.Instant;

/**
 * One call to a participant about one branch.
 *
 * @param gid the transaction's global id: 1 to 64 printable ASCII characters
 * @param branch the branch's id within it: 1 to 32 printable ASCII characters, the same at every repeat
 * @param participant the name under which the coordinator knows the participant
 * @param operation what to do
 * @param epoch rises whenever another coordinator, or the same after a restart, takes the transaction over; a
 *     participant refuses an epoch lower than one it has seen
 * @param deadline the transaction's own, by the coordinator's clock: a try after it is in vain. Confirm and cancel have
 *     no end
 * @param payload the same in all three operations
 * @param reason why it is cancelled; empty otherwise
 */
public record BranchCall(
        String gid,
        String branch,
        String participant,
        Operation operation,
        long epoch,
        Instant deadline,
        Payload payload,
        String reason) {
    public BranchCall {
        TxnNames.gid(gid);
        TxnNames.branch(branch);
        TxnNames.participant(participant);
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch must be 1 or greater, was " + epoch);
        }
    }

    @Override
    public String toString() {
        return operation + " gid=" + gid + " branch=" + branch + " participant=" + participant + " epoch=" + epoch;
    }
}
