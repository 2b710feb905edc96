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
     * Adds a branch on a remote participant, which does its work when it prepares.
     *
     * @param participant the name it was registered with
     * @param payload what its prepare, commit and rollback will be given; at most 1 MiB
     * @return the branch id
     * @throws IllegalArgumentException if no participant of that name is registered, or the payload is too large
     */
    String enlist(String participant, byte[] payload);
}
