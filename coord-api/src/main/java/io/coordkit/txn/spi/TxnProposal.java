package io.coordkit.txn.spi;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What a coordinator, or whoever asks for an outcome, wants decided.
 *
 * @param deadline by the log's clock: a commit is written only before it
 * @param coordinator who will carry it out: 1 to 96 printable ASCII characters
 * @param branches all of the transaction's; none if they are not known
 */
public record TxnProposal(
        String gid, Decision decision, Instant deadline, String coordinator, List<TxnBranch> branches) {
    /** The longest time between the beginning of a transaction and its deadline. */
    public static final Duration MAX_TIMEOUT = Duration.ofHours(1);

    public TxnProposal {
        TxnNames.gid(gid);
        TxnNames.coordinator(coordinator);
        branches = List.copyOf(branches);
    }

    /** The opposite of it, for when a commit comes too late or its answer is lost. */
    public TxnProposal aborting(String reason) {
        return new TxnProposal(gid, Decision.abort(reason), deadline, coordinator, branches);
    }
}
