package io.coordkit.txn.spi;

import io.coordkit.txn.TxnException;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * A log in a database that applications write to as well, so that a decision can be part of their transactions.
 * Thread-safe, as every log is.
 */
public interface TransactionalLog extends TxnLog {

    /**
     * Does the work and writes the decision in one database transaction, unless the gid has a decision: then nothing is
     * done. A commit that comes too late becomes an abort, without the work. The work is done first, so that whoever asks
     * for the outcome waits for the commit of that transaction only.
     *
     * @param commit a commit
     * @param work run again when the database gave it up because of another transaction
     * @return the entry that stands
     * @throws WorkFailedException if the work failed: neither it nor the decision has been written
     * @throws TxnException if the outcome is unknown
     */
    TxnRecord decide(TxnProposal commit, Work work);

    /** What is written along with a decision. */
    @FunctionalInterface
    interface Work {
        /** By that connection, on which the transaction is open. */
        void run(Connection connection) throws SQLException;
    }

    /** The work failed, and was rolled back. */
    final class WorkFailedException extends TxnException {
        private static final long serialVersionUID = 1L;

        /** @param cause what the work threw */
        public WorkFailedException(String gid, Exception cause) {
            super("The local work of transaction '" + gid + "' failed: " + cause, cause);
        }
    }
}
