package io.coordkit.txn.twophase;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import javax.sql.XAConnection;
import javax.transaction.xa.XAResource;

/**
 * A connection that branches are begun on, one after the other.
 *
 * @param number as its server numbers it, which may give it to another after a restart
 * @param token no other has
 */
record PooledXa(XaServer server, XAConnection physical, XAResource xa, Connection session, long number, String token) {

    /** Ends it at once, whatever it is in the middle of; on H2, which cannot, after the statement under way. */
    void abort(Executor threads) {
        threads.execute(() -> {
            try {
                session.abort(Runnable::run);
            } catch (SQLException e) {
                // It is closed in any case.
            }
            close();
        });
    }

    void close() {
        try {
            physical.close();
        } catch (SQLException e) {
            // It is of no use any more in any case.
        }
    }
}
