package io.coordkit.txn.coordinator;

import io.coordkit.txn.TxnDetails;
import io.coordkit.txn.spi.TxnBranch;

/** How far one branch has come in the second phase. Immutable. */
record BranchProgress(TxnBranch branch, boolean acknowledged, int attempts, String lastResult) {
    static BranchProgress of(TxnBranch branch) {
        return new BranchProgress(branch, false, 0, "");
    }

    BranchProgress after(int attempt, boolean done, String result) {
        return new BranchProgress(branch, acknowledged || done, Math.max(attempts, attempt), result);
    }

    TxnDetails.Branch details() {
        return new TxnDetails.Branch(branch.id(), branch.participant(), acknowledged, attempts, lastResult);
    }

    /** One line for people. */
    @Override
    public String toString() {
        return "branch " + branch.id() + " (" + branch.participant() + "): "
                + (acknowledged ? "acknowledged" : attempts + " attempts, last " + lastResult);
    }
}
