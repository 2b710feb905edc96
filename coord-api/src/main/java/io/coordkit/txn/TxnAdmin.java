package io.coordkit.txn;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks after transactions that do not end by themselves. Whoever may call this can end transactions whose participants
 * have not acknowledged: keep it from others. Thread-safe.
 */
public interface TxnAdmin {

    /**
     * The transactions in these states that were decided that long ago or longer, oldest first.
     *
     * @param limit how many at most, 1 or greater
     * @throws TxnException if the log cannot be read
     */
    List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit);

    /**
     * The transactions that need a person, oldest first.
     *
     * @param limit how many at most, 1 or greater
     * @throws TxnException if the log cannot be read
     */
    List<TxnStatus> needingAttention(int limit);

    /**
     * Everything about one transaction; empty if it is not decided.
     *
     * @throws TxnException if the log cannot be read
     */
    Optional<TxnDetails> show(String gid);

    /**
     * Begins again to carry out a transaction that needs attention.
     *
     * @return false if it does not need any
     * @throws TxnException if the log did not answer
     */
    boolean retry(String gid);

    /**
     * Ends a transaction by hand. One that is not decided is aborted, if that is what is wanted. One that is decided that
     * way is finished although not every branch has acknowledged: participants that ask are still told what stands, and
     * the note keeps the reason and the branches that were open.
     *
     * @param reason who does this and why, 1 to 300 characters; it is kept
     * @throws IllegalStateException if it is decided the other way, which is never contradicted, or a commit is wanted of
     *     what is not decided
     * @throws TxnException if the log did not answer
     */
    TxnStatus force(String gid, boolean commit, String reason);

    /**
     * That reason, if it is fit for {@link #force}.
     *
     * @throws IllegalArgumentException unless it is 1 to 300 characters
     */
    static String requireReason(String reason) {
        if (reason.isBlank() || reason.length() > 300) {
            throw new IllegalArgumentException("reason must be 1 to 300 characters, was " + reason.length());
        }
        return reason;
    }
}
