package io.coordkit.txn.spi;

/** What a coordinator asks of a participant. */
public enum Operation {
    /** Check and reserve; in a two-phase commit, prepare. */
    TRY,
    /** Check and prepare, in a three-phase commit: {@link #PRE_COMMIT} comes before the decision. */
    CAN_COMMIT,
    /** Be told that all have voted yes. Nothing is decided. */
    PRE_COMMIT,
    /** Use what was reserved; commit. */
    CONFIRM,
    /** Give back what was reserved, if anything was; roll back. */
    CANCEL
}
