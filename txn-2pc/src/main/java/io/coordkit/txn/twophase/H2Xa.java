package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import io.coordkit.sql.H2Durability;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.XAConnection;

/**
 * H2 2.x. Any connection can end a prepared branch, at any time. Closing the connection that prepared it rolls it back,
 * though; only the death of the process leaves it in doubt. H2's own XA resource says "done" to the rollback of a branch
 * that it does not know, so such branches are ended by SQL.
 */
final class H2Xa implements XaServer {
    private static final int NOT_FOUND = 90129;
    private static final String PREFIX = "XID|" + BranchXid.FORMAT + "|";

    private final AtomicLong connections = new AtomicLong();

    @Override
    public void check(Connection connection, String resource) throws SQLException {
        H2Durability.require(connection);
        String url = connection.getMetaData().getURL();
        if (url.startsWith("jdbc:h2:tcp:") || url.startsWith("jdbc:h2:ssl:")) {
            throw new ConfigurationException(
                    "Database '" + resource + "' is on an H2 server, which rolls prepared branches"
                            + " back when it loses its client: take H2 embedded, or MySQL or MariaDB");
        }
    }

    @Override
    public long adopt(Connection connection, String token) {
        return connections.incrementAndGet();
    }

    /** Closing it waits for the statement. */
    @Override
    public boolean keepsAtIt() {
        return false;
    }

    @Override
    public boolean end(Connection connection, PooledXa other) {
        return false;
    }

    @Override
    public void setReadOnly(Connection connection, boolean readOnly) {
        // There is no such thing.
    }

    /** Also after {@code SELECT ... FOR UPDATE}, whose locks H2 keeps as changes. */
    @Override
    public boolean hasChanged(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT TRANSACTION_ID() IS NOT NULL")) {
            return rows.next() && rows.getBoolean(1);
        }
    }

    /** A branch of ours as H2 names it: {@code XID|format|qualifier|gid}, the latter two in Base64. */
    private record Named(String name, BranchXid xid) {
        static Optional<Named> parse(String name) {
            String[] parts = name.split("\\|", -1);
            if (parts.length != 4 || !(parts[0] + '|' + parts[1] + '|').equals(PREFIX)) {
                return Optional.empty();
            }
            return BranchXid.parse(decoded(parts[3]), decoded(parts[2])).map(xid -> new Named(name, xid));
        }

        private static String decoded(String base64) {
            return new String(Base64.getUrlDecoder().decode(base64), StandardCharsets.US_ASCII);
        }
    }

    private static List<Named> named(Connection connection) throws SQLException {
        List<Named> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT TRANSACTION_NAME FROM INFORMATION_SCHEMA.IN_DOUBT WHERE"
                        + " TRANSACTION_STATE = 'IN_DOUBT'")) {
            while (rows.next()) {
                Named.parse(rows.getString(1)).ifPresent(found::add);
            }
        }
        return found;
    }

    @Override
    public List<BranchXid> inDoubt(XAConnection connection) throws SQLException {
        return named(connection.getConnection()).stream().map(Named::xid).toList();
    }

    @Override
    public boolean end(XAConnection connection, BranchXid xid, boolean commit) throws SQLException {
        Connection session = connection.getConnection();
        Optional<Named> known =
                named(session).stream().filter(each -> each.xid().equals(xid)).findFirst();
        if (known.isEmpty()) {
            return false;
        }
        try (Statement statement = session.createStatement()) {
            statement.execute((commit ? "COMMIT" : "ROLLBACK") + " TRANSACTION \""
                    + known.get().name() + '"');
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public boolean release(Connection connection, BranchXid xid) {
        return false;
    }

    @Override
    public boolean outlivesItsConnection() {
        return false;
    }
}
