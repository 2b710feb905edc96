package io.coordkit.txn;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Work of the caller's own, in the database of the log, that stands or falls with the decision.
 *
 * @param <T> what the transaction's body returned
 */
@FunctionalInterface
public interface LocalWork<T> {
    /**
     * Does the work by that connection, in the transaction that is open on it. Committing, rolling back and closing are the
     * coordinator's; statements that commit by themselves, such as DDL on MySQL, must not be among it.
     */
    void run(Connection connection, T value) throws SQLException;
}
