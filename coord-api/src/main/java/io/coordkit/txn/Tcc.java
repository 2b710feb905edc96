package io.coordkit.txn;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Try-Confirm-Cancel transactions: each participant first reserves (try); when all have, the coordinator records its
 * decision and every participant uses what it reserved (confirm), otherwise each gives it back (cancel). Source: Pat
 * Helland, "Life beyond Distributed Transactions", CIDR 2007; Guy Pardon, "Try-Confirm/Cancel (TCC)", Atomikos.
 *
 * <p>Confirm and cancel are repeated, after a crash too, until the participant acknowledges them. Thread-safe.
 */
public interface Tcc extends AutoCloseable {

    /**
     * A new transaction. Nothing happens before {@link TccCall#run}.
     *
     * @param gid its global id: 1 to 64 printable ASCII characters without spaces, unique for ever. Upper and lower
     *     case differ
     * @throws IllegalArgumentException if the gid is malformed
     */
    TccCall begin(String gid);

    /**
     * What the log says of a transaction; empty if it was never begun here.
     *
     * @throws TxnException if the log cannot be read
     */
    Optional<TxnStatus> state(String gid);

    /**
     * The transactions that are not finished, oldest first, at most {@code limit}.
     *
     * @throws TxnException if the log cannot be read
     */
    List<TxnStatus> unfinished(int limit);

    /**
     * Takes no more transactions and stops; what is unfinished stays in the log and is taken up at the next start.
     */
    @Override
    void close();

    /** A transaction that is about to run. Not thread-safe. */
    interface TccCall {

        /** How long it may stay undecided; 1 ms to 1 hour, default 10 s. */
        TccCall timeout(Duration timeout);

        /**
         * Runs {@code body}, which enlists the branches; then tries all branches in parallel, decides, and answers as
         * soon as the decision is durable. Confirms and cancels follow in the background.
         *
         * @return the outcome. A gid that the log already has is not run again
         * @throws DuplicateGidException if that gid has been begun before; ask {@link Tcc#state}
         * @throws TxnException if the log was unreachable before anything was tried; nothing happened then
         * @throws InterruptedException if interrupted while the branches were tried: the transaction is aborted
         */
        <T> Outcome<T> run(TccBody<T> body) throws InterruptedException;
    }

    /** The body of a transaction. What it throws is thrown on; nothing was begun then. */
    @FunctionalInterface
    interface TccBody<T> {
        /** Enlists the branches and returns the value of a committed outcome. */
        T run(TccTransaction tx);
    }
}
