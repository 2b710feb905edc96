package io.coordkit.txn.spi;

import io.coordkit.txn.TxnState;
import java.time.Instant;
import java.util.List;

/**
 * Everything the log knows of one transaction that is decided.
 *
 * @param reason why it was aborted; empty otherwise
 * @param epoch 1 when decided, one more with every claim
 * @param coordinator who carries it out
 * @param deadline by the log's clock: no commit was written after it
 * @param branches those the decision is about; any other branch of this gid is to be cancelled
 */
public record TxnRecord(
        String gid,
        TxnState state,
        String reason,
        long epoch,
        String coordinator,
        Instant deadline,
        List<TxnBranch> branches) {
    public TxnRecord {
        TxnNames.gid(gid);
        TxnNames.coordinator(coordinator);
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch must be 1 or greater, was " + epoch);
        }
        branches = List.copyOf(branches);
    }

    /** What was decided. */
    public Decision decision() {
        return state.isCommit() ? Decision.COMMIT : Decision.abort(reason);
    }

    /** Whether the decision is about that branch. */
    public boolean includes(String branch) {
        return branches.stream().anyMatch(each -> each.id().equals(branch));
    }
}
