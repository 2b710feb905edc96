package io.coordkit.txn.twophase;

import io.coordkit.sql.SqlDialect;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of the transactions that were over one database alone. They need no vote and no log: the decision is a row in
 * that database, written along with the work. So whoever has lost the answer, or wants to have it decided, asks there.
 * Thread-safe.
 */
final class LoneOutcomes {
    private static final String TABLE = "coordkit_xa_outcome";

    private final SqlDialect dialect;

    private LoneOutcomes(SqlDialect dialect) {
        this.dialect = dialect;
    }

    static LoneOutcomes open(Connection connection) throws SQLException {
        SqlSchema.ensure(connection, TABLE, LoneOutcomes.class);
        return new LoneOutcomes(SqlDialect.of(connection));
    }

    /** Writes the commit; false if the gid has an outcome here. */
    boolean commit(Connection connection, String gid) throws SQLException {
        return insert(connection, gid, true, "");
    }

    /** What stands of that gid; one that has no outcome here gets that one. Waits for whoever is about to commit. */
    TxnStatus abort(Connection connection, String gid, String reason) throws SQLException {
        insert(connection, gid, false, reason);
        return find(connection, gid).orElseThrow(() -> new SQLException("The outcome of '" + gid + "' has vanished"));
    }

    private boolean insert(Connection connection, String gid, boolean committed, String reason) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + TABLE
                + " (gid, committed, reason, decided_ms) VALUES (?, ?, ?, " + dialect.nowMillis() + ")")) {
            insert.setString(1, gid);
            insert.setInt(2, committed ? 1 : 0);
            insert.setString(3, committed ? "" : Decision.abort(reason).reason()); // not too long
            insert.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (SqlErrors.isDuplicateKey(e)) {
                return false;
            }
            throw e;
        }
    }

    /** What is known of that gid here. */
    Optional<TxnStatus> find(Connection connection, String gid) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT committed, reason, decided_ms FROM " + TABLE + " WHERE gid = ?")) {
            query.setString(1, gid);
            try (ResultSet rows = query.executeQuery()) {
                if (!rows.next()) {
                    return Optional.empty();
                }
                TxnState state = rows.getInt(1) == 1 ? TxnState.COMMITTED : TxnState.ABORTED;
                Instant decided = Instant.ofEpochMilli(rows.getLong(3));
                return Optional.of(new TxnStatus(gid, state, rows.getString(2), decided, false, ""));
            }
        }
    }

    /** Forgets what was decided that long ago; how much that was. */
    int purge(Connection connection, Duration retention) throws SQLException {
        try (Statement delete = connection.createStatement()) {
            return delete.executeUpdate("DELETE FROM " + TABLE + " WHERE decided_ms < " + dialect.nowMillis() + " - "
                    + retention.toMillis());
        }
    }
}
