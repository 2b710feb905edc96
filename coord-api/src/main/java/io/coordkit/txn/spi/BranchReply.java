package io.coordkit.txn.spi;

/** What a participant answered, from its guard. Any failure to answer is neither: it is unknown, and asked again. */
public sealed interface BranchReply {

    /** Done, now or by an earlier delivery of the same call. */
    record Done() implements BranchReply {}

    /** A yes to a try that changed nothing: the branch has ended, and need not hear of the decision. */
    record ReadOnly() implements BranchReply {}

    /**
     * The participant's considered "no"; nothing was changed by this call.
     *
     * @param code what kind of no
     * @param reason for people, in a sentence
     */
    record Refused(Code code, String reason) implements BranchReply {}

    /** Kinds of refusal. Names are part of the wire format. */
    enum Code {
        /** The business said no to a try: out of stock, limit exceeded. */
        BUSINESS,
        /** A try that came after its own cancel. */
        LATE_TRY,
        /** A confirm without a try, or one after a cancel; a cancel after a confirm. */
        WRONG_STATE,
        /** The same branch was called before with another payload. */
        PAYLOAD_MISMATCH,
        /** The branch has ended by itself meanwhile, the other way: a person has to look. */
        HEURISTIC,
        /** It takes no part in that kind of transaction. */
        UNSUPPORTED,
        /** A newer coordinator has taken the transaction over. */
        STALE_EPOCH,
        /** Nobody of that name is served there. */
        UNKNOWN_PARTICIPANT
    }
}
