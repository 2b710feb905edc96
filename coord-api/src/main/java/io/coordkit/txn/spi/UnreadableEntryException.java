package io.coordkit.txn.spi;

import io.coordkit.txn.TxnException;
import org.jspecify.annotations.Nullable;

/**
 * The log holds that transaction in a format this version does not know, or holds it damaged. It must stay in the log
 * until a version that can read it comes, or a person has looked at it.
 */
public final class UnreadableEntryException extends TxnException {
    private static final long serialVersionUID = 1L;

    private final String gid;

    /** That transaction cannot be read; the message says why. */
    public UnreadableEntryException(String gid, String why, @Nullable Throwable cause) {
        super("Transaction '" + gid + "' cannot be read from the log: " + why, cause);
        this.gid = gid;
    }

    /** The transaction's global id. */
    public String gid() {
        return gid;
    }
}
