package io.coordkit.txn;

import io.coordkit.CoordException;
import io.coordkit.txn.spi.BranchReply;

/**
 * Thrown by a participant's business code to say no to a try, or to a prepare: out of stock, limit exceeded. Its local
 * transaction is rolled back and the reason reaches whoever began the transaction.
 */
public final class RefusedException extends CoordException {
    private static final long serialVersionUID = 1L;

    private final BranchReply.Code code;

    /**
     * The business says no.
     *
     * @param reason for people, in a sentence
     */
    public RefusedException(String reason) {
        this(BranchReply.Code.BUSINESS, reason);
    }

    /**
     * The guard of a participant says no.
     *
     * @param reason for people, in a sentence
     */
    public RefusedException(BranchReply.Code code, String reason) {
        super(reason, null);
        this.code = code;
    }

    /** The answer that says so. */
    public BranchReply.Refused toReply() {
        return new BranchReply.Refused(code, String.valueOf(getMessage()));
    }
}
