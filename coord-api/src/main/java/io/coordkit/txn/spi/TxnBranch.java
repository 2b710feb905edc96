package io.coordkit.txn.spi;

import io.coordkit.txn.Payload;

/**
 * One participant's share of a transaction, as the log keeps it.
 *
 * @param id unique within the transaction: 1 to 32 printable ASCII characters
 * @param participant the name under which the coordinator knows the participant
 * @param payload what its operations are called with
 */
public record TxnBranch(String id, String participant, Payload payload) {
    public TxnBranch {
        TxnNames.branch(id);
        TxnNames.participant(participant);
    }
}
