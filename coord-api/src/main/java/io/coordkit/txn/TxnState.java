package io.coordkit.txn;

/** Where a transaction stands in its coordinator's log. */
public enum TxnState {
    /** Begun, not decided. */
    ACTIVE,
    /** Decided: its branches are being confirmed. */
    COMMITTING,
    /** Decided: its branches are being cancelled. */
    ABORTING,
    /** Every branch has confirmed. */
    COMMITTED,
    /** Every branch has cancelled. */
    ABORTED;

    /** Whether the decision is durable. */
    public boolean isDecided() {
        return this != ACTIVE;
    }

    /** Whether nothing is left to do. */
    public boolean isFinished() {
        return this == COMMITTED || this == ABORTED;
    }
}
