package io.coordkit.txn.spi;

import java.time.Instant;

/**
 * Where a call about a branch comes from, and thereby whom to ask what became of its transaction.
 *
 * @param home the name of the log that decides about the transaction: 1 to 64 printable ASCII characters
 * @param coordinator the coordinator that sent it, as its log knows it: 1 to 96 printable ASCII characters
 * @param epoch rises whenever another coordinator takes the transaction over; a participant refuses an epoch lower than
 *     one it has seen
 * @param deadline by the log's clock: no commit is decided after it
 */
public record TxnOrigin(String home, String coordinator, long epoch, Instant deadline) {
    public TxnOrigin {
        TxnNames.home(home);
        TxnNames.coordinator(coordinator);
        if (epoch < 1) {
            throw new IllegalArgumentException("epoch must be 1 or greater, was " + epoch);
        }
    }
}
