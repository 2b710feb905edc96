package io.coordkit.txn.spi;

import io.coordkit.txn.TxnState;
import java.time.Instant;
import java.util.List;

/**
 * Everything the log knows of one transaction.
 *
 * @param reason why it was aborted; empty otherwise
 * @param epoch 1 when begun, one more with every take-over
 * @param deadline by the log's clock: no commit is written after it
 */
public record TxnRecord(
        String gid, TxnState state, String reason, long epoch, Instant deadline, List<TxnBranch> branches) {
    public TxnRecord {
        TxnNames.gid(gid);
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch must be 1 or greater, was " + epoch);
        }
        branches = List.copyOf(branches);
    }
}
