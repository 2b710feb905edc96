package io.coordkit.txn.twophase;

import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import io.coordkit.txn.Payload;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** The rows by which a participant knows what it has done already. Thread-safe. */
final class XaGuard {
    private static final String TABLE = "coordkit_xa_guard";

    private final SqlDialect dialect;

    private XaGuard(SqlDialect dialect) {
        this.dialect = dialect;
    }

    static XaGuard open(Connection connection) throws SQLException {
        SqlSchema.ensure(connection, TABLE, XaGuard.class);
        return new XaGuard(SqlDialect.of(connection));
    }

    /** Notes that the branch is done here; false if it has been committed before. Waits while it is prepared. */
    boolean isNew(Connection connection, BranchName name, Payload payload) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + TABLE
                + " (gid, branch, payload_hash, done_ms) VALUES (?, ?, ?, " + dialect.nowMillis() + ")")) {
            insert.setString(1, name.gid());
            insert.setString(2, name.branch());
            insert.setString(3, payload.sha256());
            insert.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (SqlErrors.isDuplicateKey(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Whether the branch is done here, and was not forgotten. */
    boolean isDone(Connection connection, BranchName name) throws SQLException {
        return payloadHash(connection, name).isPresent();
    }

    /** Whether the branch that is done or prepared here was called with something else. */
    boolean hadAnotherPayload(Connection connection, BranchName name, Payload payload) throws SQLException {
        // The row of a branch that is prepared is there, but not committed.
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_UNCOMMITTED);
        return payloadHash(connection, name)
                .filter(known -> !known.equals(payload.sha256()))
                .isPresent();
    }

    private static Optional<String> payloadHash(Connection connection, BranchName name) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT payload_hash FROM " + TABLE + " WHERE gid = ? AND branch = ?")) {
            query.setString(1, name.gid());
            query.setString(2, name.branch());
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? Optional.of(rows.getString(1)) : Optional.empty();
            }
        }
    }

    /** Forgets what was done that long ago; how much that was. */
    int purge(Connection connection, Duration retention) throws SQLException {
        try (Statement delete = connection.createStatement()) {
            return delete.executeUpdate(
                    "DELETE FROM " + TABLE + " WHERE done_ms < " + dialect.nowMillis() + " - " + retention.toMillis());
        }
    }
}
