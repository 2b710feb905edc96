package io.coordkit.txn;

import java.sql.SQLException;
import java.time.Duration;

/**
 * Two-phase commit: the body writes to several databases, each of which then promises to commit whatever happens
 * (prepare); when all have, the coordinator records its decision, and all commit, otherwise all roll back. Source: Jim
 * Gray, "Notes on Data Base Operating Systems", 1978; X/Open, "Distributed Transaction Processing: The XA
 * Specification", 1991.
 *
 * <p>Locks are held from the first statement until the second phase: for short work on few rows. Thread-safe.
 */
public interface TwoPhase extends TxnService {

    /**
     * A new transaction. Nothing happens before {@link TwoPhaseCall#run}.
     *
     * @param gid its global id: 1 to 64 printable ASCII characters without spaces. Upper and lower case differ. One gid
     *     has one outcome: use it for one piece of work only
     * @throws IllegalArgumentException if the gid is malformed
     */
    TwoPhaseCall begin(String gid);

    /** A transaction that is about to run. Not thread-safe. */
    interface TwoPhaseCall {

        /**
         * How long it may stay undecided, its body included; 1 ms to 1 hour, default 10 s. A body that takes longer loses
         * its connections, and with them its locks.
         */
        TwoPhaseCall timeout(Duration timeout);

        /**
         * Answers only when every branch has acknowledged the decision as well, or when that long has passed since it:
         * for callers who must read what they wrote. The outcome is the same either way. Default: do not wait.
         *
         * @param patience 1 ms to 1 hour
         */
        TwoPhaseCall awaitPhase2(Duration patience);

        /**
         * Commits in three phases: when all have voted yes, they are told so (pre-commit), and only when all have
         * acknowledged that, the coordinator decides. For remote participants only, which must be made for it. One that
         * reaches no coordinator for as long as it was set to wait ends by itself then, so that its locks are free: it
         * commits if it was told of the votes, and rolls back otherwise.
         *
         * <p><b>Not safe</b> when the network is cut: one side may commit what the other has rolled back. Then the
         * transaction needs attention ({@link TxnAdmin#needingAttention}). Two-phase commit keeps the locks instead.
         * Source: Dale Skeen, "Nonblocking Commit Protocols", 1981.
         */
        TwoPhaseCall threePhase();

        /**
         * Runs {@code body}, which writes and enlists; then has all branches prepare in parallel, decides, and answers as
         * soon as the decision is durable.
         *
         * <p>Called inside another transaction's body, on its thread and its coordinator, this joins that transaction:
         * the answer is {@link Outcome.Joined}. When that gid has been decided before, what this body wrote is rolled
         * back, and the answer is what was decided then.
         *
         * @throws TxnException if the body failed with a checked exception; everything is rolled back then, as after an
         *     unchecked one, which is thrown on
         * @throws InterruptedException if interrupted before the decision: the transaction is aborted
         */
        <T> Outcome<T> run(TwoPhaseBody<T> body) throws InterruptedException;

        /**
         * The same with a last resource, the database in which the coordinator's log lies: when all branches have
         * prepared, {@code work} runs, and what it writes and the decision to commit become durable together or not at
         * all. That database need know nothing of XA, and takes no vote; a transaction that has no branch besides is
         * committed there in one phase.
         *
         * <p>If the work fails, everything is rolled back, and the failure is thrown on, in a {@link TxnException} if it
         * is checked. It runs on a thread of the coordinator's, again if the database gave it up because of another
         * transaction, and not at all if a branch did not prepare or the gid has been decided before. It must not need
         * rows that the body has written: those are locked.
         *
         * @throws IllegalStateException if the log lies in no database, or inside another transaction's body, which this
         *     one could not decide about
         */
        <T> Outcome<T> run(TwoPhaseBody<T> body, LocalWork<T> work) throws InterruptedException;
    }

    /** The body of a transaction. What it throws rolls everything back. */
    @FunctionalInterface
    interface TwoPhaseBody<T> {
        /** Writes, enlists, and returns the value of a committed outcome. */
        T run(TwoPhaseTransaction tx) throws SQLException;
    }
}
