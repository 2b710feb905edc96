package io.coordkit.txn.tcc;

import io.coordkit.CoordException;
import io.coordkit.txn.spi.BranchReply;

/**
 * Thrown by a participant's {@link TccParticipant#onTry} to say no: out of stock, limit exceeded. The local transaction
 * is rolled back and the reason reaches whoever began the transaction.
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

    RefusedException(BranchReply.Code code, String reason) {
        super(reason, null);
        this.code = code;
    }

    BranchReply.Refused toReply() {
        return new BranchReply.Refused(code, String.valueOf(getMessage()));
    }
}
