package io.coordkit.txn.spi;

/** What a TCC coordinator asks of a participant. */
public enum Operation {
    /** Check and reserve. */
    TRY,
    /** Use what was reserved. */
    CONFIRM,
    /** Give back what was reserved, if anything was. */
    CANCEL
}
