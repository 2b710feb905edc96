package io.coordkit.txn;

import java.sql.Connection;

/** A two-phase commit transaction inside its body. Not thread-safe; of no use after the body returned. */
public interface TwoPhaseTransaction {

    /** The transaction's global id. */
    String gid();

    /**
     * The connection to that database in this transaction, the same at every call. Statements that commit by themselves,
     * such as DDL on MySQL, fail on it, as do commit and rollback; close does nothing.
     *
     * @param resource the name the database was registered with
     * @throws IllegalArgumentException if none of that name is registered
     * @throws TxnException if it does not answer, or all its connections stay in use
     */
    Connection connection(String resource);

    /**
     * Declares, before anything is done there, that this transaction only reads in that database. Its branch then ends
     * with its vote: it keeps no locks for the decision, nothing is forced to disk for it, and the second phase leaves it
     * out. MySQL and MariaDB refuse what is written there all the same, and {@code SELECT ... FOR UPDATE}, by an
     * {@code SQLException}; H2 does not, and prepares and commits a branch that did so as any other.
     *
     * @param resource the name the database was registered with
     * @throws IllegalArgumentException if none of that name is registered
     * @throws IllegalStateException if the transaction has begun to work there
     */
    void readOnly(String resource);

    /**
     * Adds a branch on a remote participant, which does its work when it prepares.
     *
     * @param participant the name it was registered with
     * @param payload what its prepare, commit and rollback will be given; at most 1 MiB
     * @return the branch id
     * @throws IllegalArgumentException if no participant of that name is registered, or the payload is too large
     */
    String enlist(String participant, byte[] payload);
}
