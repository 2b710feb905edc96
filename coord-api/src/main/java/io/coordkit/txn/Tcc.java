package io.coordkit.txn;

import java.time.Duration;

/**
 * Try-Confirm-Cancel transactions: each participant first reserves (try); when all have, the coordinator records its
 * decision and every participant uses what it reserved (confirm), otherwise each gives it back (cancel). Source: Pat
 * Helland, "Life beyond Distributed Transactions", CIDR 2007; Guy Pardon, "Try-Confirm/Cancel (TCC)", Atomikos.
 *
 * <p>Nothing is written down before the decision. Confirm and cancel are repeated, after a crash too, until the
 * participant acknowledges them; a participant whose reservation nobody ends asks for the outcome. Thread-safe.
 */
public interface Tcc extends TxnService {

    /**
     * A new transaction. Nothing happens before {@link TccCall#run}.
     *
     * @param gid its global id: 1 to 64 printable ASCII characters without spaces. Upper and lower case differ. One gid
     *     has one outcome: use it for one piece of work only
     * @throws IllegalArgumentException if the gid is malformed
     */
    TccCall begin(String gid);

    /** A transaction that is about to run. Not thread-safe. */
    interface TccCall {

        /** How long it may stay undecided; 1 ms to 1 hour, default 10 s. */
        TccCall timeout(Duration timeout);

        /**
         * Answers only when every branch has acknowledged the decision as well, or when that long has passed since it:
         * for callers who must read what they wrote. The outcome is the same either way. Default: do not wait.
         *
         * @param patience 1 ms to 1 hour
         */
        TccCall awaitPhase2(Duration patience);

        /**
         * Runs {@code body}, which enlists the branches; then tries all branches in parallel, decides, and answers as
         * soon as the decision is durable. Confirms and cancels follow in the background.
         *
         * <p>Called inside another transaction's body, on its thread and its coordinator, this joins that transaction:
         * what is enlisted belongs to it, and the answer is {@link Outcome.Joined}.
         *
         * <p>When that gid has been decided before, this answers what was decided then; branches that have taken effect
         * do not take effect again, and none does that was not enlisted then.
         *
         * @throws InterruptedException if interrupted while the branches were tried: the transaction is aborted
         */
        <T> Outcome<T> run(TccBody<T> body) throws InterruptedException;

        /**
         * The same, with the decision written in the caller's own database transaction: when every branch has been tried,
         * {@code work} runs, and what it writes and the decision to commit become durable together or not at all. The
         * coordinator forces nothing besides. Possible when its log lies in that database.
         *
         * <p>If the work fails, what it wrote is rolled back, the transaction is aborted, and the failure is thrown on,
         * in a {@link TxnException} if it is checked. It runs on a thread of the coordinator's, again if the database gave
         * it up because of another transaction, and not at all if a try was refused or the gid has been decided before.
         *
         * @throws IllegalStateException if the log lies in no database, or inside another transaction's body, which this
         *     one could not decide about
         */
        <T> Outcome<T> run(TccBody<T> body, LocalWork<T> work) throws InterruptedException;
    }

    /** The body of a transaction. What it throws is thrown on; nothing has happened then. */
    @FunctionalInterface
    interface TccBody<T> {
        /** Enlists the branches and returns the value of a committed outcome. */
        T run(TccTransaction tx);
    }
}
