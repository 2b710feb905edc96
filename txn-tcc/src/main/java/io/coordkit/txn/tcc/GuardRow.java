package io.coordkit.txn.tcc;

import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchReply.Code;

/**
 * What the guard remembers of a branch.
 *
 * @param epoch the highest that was carried out
 * @param seen how many tries and cancels; 1 in the transaction that inserted the row
 */
record GuardRow(State state, long epoch, String payloadHash, long seen) {

    /** The last thing that was done for the branch. */
    enum State {
        TRIED(1),
        CONFIRMED(2),
        CANCELLED(3);

        /** As stored; never reused for another meaning. */
        final int code;

        State(int code) {
            this.code = code;
        }

        static State of(int code) {
            return switch (code) {
                case 1 -> TRIED;
                case 2 -> CONFIRMED;
                case 3 -> CANCELLED;
                default -> throw new IllegalStateException("guard state " + code + " is unknown to this version");
            };
        }
    }

    boolean isNew() {
        return seen == 1;
    }

    /** Refuses a call of an old coordinator, and one about something else. */
    void admit(BranchCall call) {
        if (call.epoch() < epoch) {
            throw new RefusedException(
                    Code.STALE_EPOCH,
                    call + " is stale: epoch " + epoch + " has been here; a newer coordinator is at it");
        }
        if (!call.payload().sha256().equals(payloadHash)) {
            throw new RefusedException(
                    Code.PAYLOAD_MISMATCH, call + " has another payload than this branch was called with before");
        }
    }
}
