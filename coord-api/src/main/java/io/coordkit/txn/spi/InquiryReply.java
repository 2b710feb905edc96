package io.coordkit.txn.spi;

/** What a log answered about one branch. */
public sealed interface InquiryReply {

    /** It may still be decided either way: ask again. */
    record Undecided() implements InquiryReply {}

    /** The decision is durable. Confirm the branch, under that epoch. */
    record Confirm(long epoch) implements InquiryReply {}

    /** The decision is durable. Cancel the branch, under that epoch. */
    record Cancel(long epoch, String reason) implements InquiryReply {}

    /** What an entry of the log says about one branch: one that a commit is not about is cancelled. */
    static InquiryReply of(TxnRecord transaction, String branch) {
        if (!transaction.decision().isCommit()) {
            return new Cancel(transaction.epoch(), transaction.reason());
        }
        return transaction.includes(branch)
                ? new Confirm(transaction.epoch())
                : new Cancel(transaction.epoch(), "the transaction was committed without this branch");
    }
}
