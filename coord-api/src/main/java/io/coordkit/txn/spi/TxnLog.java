package io.coordkit.txn.spi;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Where coordinators write down what they must not forget. One log decides about a gid, once: whoever reads it, after
 * whatever crash, finds the same decision. A transaction is in the log from its decision on; there is no record of its
 * beginning. An entry that says ABORT stays at least until its deadline, so that no commit can come after it.
 *
 * <p>Several coordinators may share a log. Each has a lease; while it lasts, nobody else carries out what it has decided.
 *
 * <p>All times are the log's own, so that coordinators need not agree on the hour. Implementations are thread-safe;
 * calls block for as long as the store takes, and are never made on a thread that a user may interrupt. Unless a method
 * says otherwise, a {@link TxnException} means "unknown": what was asked may or may not have been written.
 */
public interface TxnLog extends AutoCloseable {
    /** The longest note a log must keep. */
    int MAX_NOTE = 1_000;

    /**
     * Opens a new lease for the coordinator of that name. An earlier start of the same name is over at once: what it
     * decided can be claimed, and its lease cannot be renewed.
     *
     * @param name 1 to 64 printable ASCII characters
     */
    CoordinatorLease join(String name, Duration lease);

    /**
     * Extends the lease from now, also when it had run out; what was claimed meanwhile stays with the claimant.
     *
     * @return empty if it has left, or a later start of the same name has taken its place
     */
    Optional<CoordinatorLease> renew(String coordinator, Duration lease);

    /** Ends the lease at once and for good, so that others can claim what it leaves. */
    void leave(String coordinator);

    /**
     * Writes the decision, unless the gid has one: an insert if absent. A commit is written only before its deadline; a
     * later one becomes an abort. An abort without branches is finished at once, for there is nobody to tell. Durable
     * when it returns.
     *
     * @return the entry that stands, whoever wrote it
     * @throws TxnException if the outcome is unknown; then deciding again, with either decision, tells what stands
     */
    TxnRecord decide(TxnProposal proposal);

    /**
     * What stands about a gid that somebody waits for. When it is not decided, and cannot any more be expected to be,
     * because the deadline has passed or its coordinator has no lease, an ABORT is written, as {@link #decide} does.
     *
     * @param abort an abort, with the deadline and the coordinator that were told to whoever asks
     * @return empty if it may still be decided; nothing was written then
     */
    Optional<TxnRecord> resolve(TxnProposal abort);

    /**
     * Records that every branch has acknowledged the decision. Transactions that are finished or not in the log are left
     * as they are. Need not be durable: a finished transaction that comes back is finished again.
     */
    void finish(List<String> gids);

    /**
     * The transaction with everything about it; empty if it is not decided.
     *
     * @throws UnreadableEntryException if its format is unknown or damaged
     */
    Optional<TxnRecord> find(String gid);

    /** How that transaction stands; empty if it is not decided. */
    Optional<TxnStatus> status(String gid);

    /**
     * The transactions that are not finished, oldest first, unreadable ones included.
     *
     * @param limit how many at most, 1 or greater
     */
    List<TxnStatus> unfinished(int limit);

    /**
     * The transactions in these states that were decided that long ago or longer, oldest first, unreadable ones included.
     *
     * @param limit how many at most, 1 or greater
     */
    List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit);

    /**
     * Marks an unfinished transaction as one that a person has to look at. It stays unfinished, is claimed by nobody and
     * purged by nobody until the mark is taken away.
     *
     * @param note what is wrong, in a few sentences; cut to {@value #MAX_NOTE} characters
     */
    void needAttention(String gid, String note);

    /**
     * Takes that mark away, and makes the coordinator responsible under a higher epoch, as a claim does.
     *
     * @return empty if it bears no such mark
     */
    Optional<TxnRecord> retry(String gid, String coordinator);

    /**
     * Records that a person has ended an unfinished transaction without every acknowledgement; the mark, if any, is
     * taken away.
     *
     * @param note why, which is kept; cut to {@value #MAX_NOTE} characters
     */
    void finishByHand(String gid, String note);

    /**
     * Forgets what was finished that long ago and is past its deadline, and coordinators that have been gone that long. A
     * commit that was ended by hand stays: its branches have not all heard of it, and would take "unknown" for an abort.
     *
     * @param limit how many transactions at most, 1 or greater
     * @return how many transactions
     */
    int purge(Duration retention, int limit);

    /**
     * Makes that coordinator responsible for unfinished transactions of coordinators without a lease. Each claim raises
     * the transaction's epoch by one, durably, so that participants will refuse whoever had it before. Unreadable
     * transactions are left alone, and warned of.
     *
     * @param limit how many at most, 1 or greater
     */
    List<TxnRecord> claim(String coordinator, int limit);

    /** The log's clock. */
    Instant now();

    /** Frees what the log opened itself. Idempotent. */
    @Override
    void close();
}
