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
 * @param attempt 1 for the first call of that operation by this coordinator, one more with every repeat; for people
 * @param origin who asks, and who knows the outcome
 * @param payload the same in all operations
 * @param reason why it is cancelled; empty otherwise
 */
public record BranchCall(
        String gid,
        String branch,
        String participant,
        Operation operation,
        int attempt,
        TxnOrigin origin,
        Payload payload,
        String reason) {
    public BranchCall {
        TxnNames.gid(gid);
        TxnNames.branch(branch);
        TxnNames.participant(participant);
        if (attempt < 1) {
            throw new IllegalArgumentException("attempt must be 1 or greater, was " + attempt);
        }
    }

    /** The coordinator's epoch. */
    public long epoch() {
        return origin.epoch();
    }

    /**
     * The transaction's own, by its log's clock: what comes before the decision is in vain after it. Confirm and cancel
     * have no end.
     */
    public Instant deadline() {
        return origin.deadline();
    }

    @Override
    public String toString() {
        return operation + " gid=" + gid + " branch=" + branch + " participant=" + participant + " epoch=" + epoch()
                + " attempt=" + attempt;
    }
}
