package io.coordkit.txn.twophase;

import io.coordkit.sql.SqlDialect;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;

/** In what the databases differ when it comes to XA. Thread-safe. */
interface XaServer {

    static XaServer of(Connection connection, XaDatabase database) throws SQLException {
        return SqlDialect.of(connection) == SqlDialect.H2
                ? new H2Xa()
                : new MySqlXa(database.idleTimeout(), database.answerTimeout());
    }

    /**
     * Whether promises can be kept on that server, with that account.
     *
     * @throws io.coordkit.ConfigurationException if not; it names the remedy
     */
    void check(Connection connection, String resource) throws SQLException;

    /**
     * Makes a new connection ready for use.
     *
     * @param token by which {@link #end(Connection, PooledXa)} knows it
     * @return its number, by which {@link #release} finds it
     */
    long adopt(Connection connection, String token) throws SQLException;

    /** Whether a server that is in the middle of a statement does not notice that its connection was closed. */
    boolean keepsAtIt();

    /**
     * Ends a connection of ours, and what its server is in the middle of there.
     *
     * @param connection by which to do it
     * @return false if it is gone
     */
    boolean end(Connection connection, PooledXa other) throws SQLException;

    /** Has the branches that are begun on that connection from now on refused what they write, where the server can. */
    void setReadOnly(Connection connection, boolean readOnly) throws SQLException;

    /** Whether a branch that was to read only has changed something all the same. */
    boolean hasChanged(Connection connection) throws SQLException;

    /** The branches of ours that are prepared, whoever holds them. */
    List<BranchXid> inDoubt(XAConnection connection) throws XAException, SQLException;

    /** Ends a prepared branch that was begun on another connection; false if the server does not know it there. */
    boolean end(XAConnection connection, BranchXid xid, boolean commit) throws XAException, SQLException;

    /**
     * Ends the connection that holds that branch, if it is still the one that began it.
     *
     * @return false if it is not
     */
    boolean release(Connection connection, BranchXid xid) throws SQLException;

    /** Whether a prepared branch outlives the connection that prepared it. */
    boolean outlivesItsConnection();
}
