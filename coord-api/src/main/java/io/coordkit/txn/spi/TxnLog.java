package io.coordkit.txn.spi;

import io.coordkit.txn.DuplicateGidException;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where coordinators write down what they must not forget. One log decides about a gid, once: whoever reads it, after
 * whatever crash, finds the same decision.
 *
 * <p>All times are the log's own, so that coordinators need not agree on the hour. Implementations are thread-safe;
 * calls block for as long as the store takes, and are never made on a thread that a user may interrupt. Unless a method
 * says otherwise, a {@link TxnException} means "unknown": what was asked may or may not have been written.
 */
public interface TxnLog extends AutoCloseable {

    /**
     * Writes a transaction down with all its branches, undecided, with epoch 1. Durable when it returns.
     *
     * @param timeout how long from now it may be decided to commit
     * @throws DuplicateGidException if the log has that gid; that entry is left as it was
     */
    void begin(String gid, Duration timeout, List<TxnBranch> branches);

    /**
     * Decides, unless it is decided: a compare-and-set. A commit is written only before the deadline; a later one
     * becomes an abort. Durable when it returns.
     *
     * @return the decision that stands, whoever made it
     * @throws TxnException if there is no such transaction, or the outcome is unknown; then asking again, with either
     *     decision, tells what stands
     */
    Decision decide(String gid, Decision proposed);

    /**
     * Records that every branch has acknowledged the decision. Transactions that are undecided, finished or not in the
     * log are left as they are. Need not be durable: a finished transaction that comes back is finished again.
     */
    void finish(List<String> gids);

    /** How that transaction stands; empty if the log does not have it. */
    Optional<TxnStatus> status(String gid);

    /**
     * The transactions that are not finished, oldest first, unreadable ones included.
     *
     * @param limit how many at most, 1 or greater
     */
    List<TxnStatus> unfinished(int limit);

    /**
     * Raises the transaction's epoch by one, durably, so that participants will refuse whoever had it before. A
     * finished transaction keeps its epoch.
     *
     * @return the transaction with its new epoch; empty if the log does not have it
     * @throws UnreadableEntryException if its format is unknown or damaged; its epoch is left as it was
     */
    Optional<TxnRecord> takeOver(String gid);

    /** Frees what the log opened itself. Idempotent. */
    @Override
    void close();
}
