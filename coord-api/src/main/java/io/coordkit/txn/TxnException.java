package io.coordkit.txn;

import io.coordkit.CoordException;
import org.jspecify.annotations.Nullable;

/** A failure about one transaction, or about the log as a whole. */
public class TxnException extends CoordException {
    private static final long serialVersionUID = 1L;

    /** A failure; the message names the transaction or the log. */
    public TxnException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
