package io.coordkit.sql;

import io.coordkit.lock.FenceMark;
import io.coordkit.lock.Hold;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.regex.Pattern;

/**
 * Refuses a holder of a lock whose token is older than one the row has seen. The row needs two columns,
 * {@code fence_era INT NOT NULL} and {@code fence_token BIGINT NOT NULL}, both 0 at first.
 *
 * <p>{@link #enter} raises the fence in the caller's transaction and locks the row until it ends; call it before the
 * first read the write depends on. The era is configuration: raise it when the lock store is replaced, restored or
 * rebuilt, for tokens of two stores do not compare. Immutable and thread-safe. Source: Kleppmann, "How to do
 * distributed locking", 2016.
 */
public final class SqlFence {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private final String sql;
    private final int era;

    /**
     * @param table the table to protect, a plain SQL identifier
     * @param keyColumn its column that names a row, a plain SQL identifier
     * @param era 0 or greater
     */
    public SqlFence(String table, String keyColumn, int era) {
        this.era = FenceMark.checkEra(era);
        this.sql = "UPDATE " + identifier("table", table) + " SET fence_era = ?, fence_token = ? WHERE "
                + identifier("keyColumn", keyColumn)
                + " = ? AND (fence_era < ? OR (fence_era = ? AND fence_token <= ?))";
    }

    /**
     * Raises the row's fence to the hold's token.
     *
     * @return false if the row has seen a newer token, or does not exist: write nothing then
     * @throws SQLException as the database reports it
     */
    public boolean enter(Connection connection, String key, Hold hold) throws SQLException {
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            update.setInt(1, era);
            update.setLong(2, hold.token());
            update.setString(3, key);
            update.setInt(4, era);
            update.setInt(5, era);
            update.setLong(6, hold.token());
            return update.executeUpdate() == 1;
        }
    }

    private static String identifier(String field, String value) {
        if (!IDENTIFIER.matcher(value).matches()) {
            throw new IllegalArgumentException(field + " must be a plain SQL identifier, was '" + value + "'");
        }
        return value;
    }
}
