package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.sql.XAConnection;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * MySQL and MariaDB. Where a prepared branch stays with its connection (MariaDB, and MySQL before 8.0.29), nobody else can
 * end it while that connection lives, although {@code XA RECOVER} lists it: {@code XA COMMIT} answers that there is no
 * such branch. So a branch's id holds the number of its connection, which is ended then. A server gives numbers again after
 * a restart, but no branch is with its connection any more then. Each connection of ours takes a named lock when it is
 * opened, so that never somebody else's is ended; and one of a name that no other has, by which those who have it know it.
 */
final class MySqlXa implements XaServer {
    private static final Logger log = LoggerFactory.getLogger(MySqlXa.class);
    private static final String LOCK_PREFIX = "ck2p ";
    private static final int NO_SUCH_CONNECTION = 1094; // ER_NO_SUCH_THREAD

    private final Duration idleTimeout;
    private final Duration answerTimeout;

    MySqlXa(Duration idleTimeout, Duration answerTimeout) {
        this.idleTimeout = idleTimeout;
        this.answerTimeout = answerTimeout;
    }

    @Override
    public void check(Connection connection, String resource) throws SQLException {
        if (connection.getNetworkTimeout() == 0) {
            log.warn(
                    "Database '{}': its data source has no socketTimeout, so while a server hangs that accepts connections,"
                            + " opening one to it waits for as long as that lasts; set socketTimeout and connectTimeout",
                    resource);
        }
        String flush =
                strings(connection, "SELECT @@innodb_flush_log_at_trx_commit").get(0);
        if (!flush.equals("1")) {
            log.warn(
                    "Database '{}' has innodb_flush_log_at_trx_commit = {}: when its machine fails it may lose what it has"
                            + " voted for, which is then taken for committed; set it to 1",
                    resource,
                    flush);
        }
        List<String> engines = strings(
                connection, "SELECT engine FROM information_schema.engines WHERE xa = 'YES' AND support <> 'NO'");
        String standard = strings(connection, "SELECT @@default_storage_engine").get(0);
        if (engines.stream().noneMatch(standard::equalsIgnoreCase)) {
            throw new ConfigurationException("Database '" + resource + "': tables are made in the engine " + standard
                    + ", which has no XA; set default_storage_engine to one of " + engines);
        }
        List<String> without = strings(
                connection,
                "SELECT CONCAT(table_name, ' (', engine, ')') FROM information_schema.tables WHERE table_schema ="
                        + " SCHEMA() AND table_type = 'BASE TABLE' AND engine NOT IN (SELECT engine FROM"
                        + " information_schema.engines WHERE xa = 'YES') ORDER BY table_name LIMIT 10");
        if (!without.isEmpty()) {
            throw new ConfigurationException("Database '" + resource + "' has tables in engines without XA, what is"
                    + " written to them would stay when a transaction is rolled back: " + without
                    + "; ALTER TABLE ... ENGINE=InnoDB");
        }
    }

    @Override
    public long adopt(Connection connection, String token) throws SQLException {
        if (connection.getNetworkTimeout() == 0) {
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(answerTimeout.toMillis()));
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION wait_timeout = " + idleTimeout.toSeconds());
        }
        try (PreparedStatement query = connection.prepareStatement("SELECT CONNECTION_ID(), GET_LOCK(CONCAT('"
                + LOCK_PREFIX + "', CONNECTION_ID()), 0), GET_LOCK(?, 0)")) {
            query.setString(1, LOCK_PREFIX + token);
            try (ResultSet rows = query.executeQuery()) {
                rows.next();
                return rows.getLong(1);
            }
        }
    }

    @Override
    public boolean keepsAtIt() {
        return true;
    }

    @Override
    public boolean end(Connection connection, PooledXa other) throws SQLException {
        return kill(connection, other.number(), LOCK_PREFIX + other.token());
    }

    @Override
    public void setReadOnly(Connection connection, boolean readOnly) throws SQLException {
        // Not the driver's own setReadOnly, which takes MariaDB for a server that has no such thing.
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET SESSION TRANSACTION READ " + (readOnly ? "ONLY" : "WRITE"));
        }
    }

    @Override
    public boolean hasChanged(Connection connection) {
        return false;
    }

    @Override
    public List<BranchXid> inDoubt(XAConnection connection) throws XAException, SQLException {
        return Arrays.stream(connection.getXAResource().recover(XAResource.TMSTARTRSCAN | XAResource.TMENDRSCAN))
                .map(BranchXid::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public boolean end(XAConnection connection, BranchXid xid, boolean commit) throws XAException, SQLException {
        try {
            if (commit) {
                connection.getXAResource().commit(xid, false);
            } else {
                connection.getXAResource().rollback(xid);
            }
            return true;
        } catch (XAException e) {
            if (e.errorCode == XAException.XAER_NOTA) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public boolean release(Connection connection, BranchXid xid) throws SQLException {
        return kill(connection, xid.connection(), LOCK_PREFIX + xid.connection());
    }

    /** Ends the connection of that number if it has that lock. */
    private static boolean kill(Connection connection, long number, String lock) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT IS_USED_LOCK(?)")) {
            query.setString(1, lock);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next() || rows.getLong(1) != number) {
                    return false;
                }
            }
        }
        try (Statement kill = connection.createStatement()) {
            kill.execute("KILL " + number);
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_SUCH_CONNECTION) { // any more
                return false;
            }
            throw e;
        }
    }

    @Override
    public boolean outlivesItsConnection() {
        return true;
    }

    private static List<String> strings(Connection connection, String sql) throws SQLException {
        List<String> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        return found;
    }
}
