package io.coordkit.txn;

/** Where a decided transaction stands in its log. What is not decided is not in the log. */
public enum TxnState {
    /** Decided: its branches are being confirmed. */
    COMMITTING,
    /** Decided: its branches are being cancelled. */
    ABORTING,
    /** Every branch has confirmed. */
    COMMITTED,
    /** Every branch has cancelled. */
    ABORTED;

    /** Whether the decision was to commit. */
    public boolean isCommit() {
        return this == COMMITTING || this == COMMITTED;
    }

    /** Whether nothing is left to do. */
    public boolean isFinished() {
        return this == COMMITTED || this == ABORTED;
    }
}
