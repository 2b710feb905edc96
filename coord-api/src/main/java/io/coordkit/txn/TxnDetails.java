package io.coordkit.txn;

import java.util.List;

/**
 * One decided transaction, for whoever has to look after it.
 *
 * @param epoch how often it changed hands, and one
 * @param coordinator who carries it out, as the log knows it
 */
public record TxnDetails(TxnStatus status, long epoch, String coordinator, List<Branch> branches) {
    public TxnDetails {
        branches = List.copyOf(branches);
    }

    /**
     * One branch in the second phase, as far as the coordinator that was asked knows.
     *
     * @param acknowledged whether the participant has confirmed or cancelled
     * @param attempts how often this coordinator has told it to
     * @param lastResult what came of the last attempt; empty if there was none here
     */
    public record Branch(String id, String participant, boolean acknowledged, int attempts, String lastResult) {}
}
