package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/**
 * A database remembers by which name coordinators know it. So it is noticed when it is registered twice, which would make
 * two branches of one, or under another name than before, by which nobody would find the branches in doubt.
 */
final class ResourceName {
    private static final String TABLE = "coordkit_xa_resource";

    private static final int ATTEMPTS = 10;

    private ResourceName() {}

    /** @throws ConfigurationException if the database is known to coordinators on that log by another name */
    static void claim(Connection connection, String name, String home) throws SQLException {
        SqlSchema.ensure(connection, TABLE, ResourceName.class);
        String known = read(connection, home);
        for (int attempt = 1; known.isEmpty(); attempt++) {
            try {
                insert(connection, name, home);
            } catch (SQLException e) {
                // Somebody else was faster, or is just about to be.
                if (!SqlErrors.isDuplicateKey(e) && !(SqlErrors.isContention(e) && attempt < ATTEMPTS)) {
                    throw e;
                }
            }
            known = read(connection, home);
        }
        if (!known.equals(name)) {
            throw new ConfigurationException(
                    "Database '" + name + "' is known as '" + known + "' to coordinators on log '"
                            + home
                            + "'. If it is registered under both names, register it once; if it was renamed, register it as"
                            + " '" + known + "', or see that nothing is unfinished and UPDATE " + TABLE);
        }
    }

    private static void insert(Connection connection, String name, String home) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + TABLE + " (home, name) VALUES (?, ?)")) {
            insert.setString(1, home);
            insert.setString(2, name);
            insert.executeUpdate();
        }
    }

    private static String read(Connection connection, String home) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement("SELECT name FROM " + TABLE + " WHERE home = ?")) {
            query.setString(1, home);
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() ? rows.getString(1) : "";
            }
        }
    }
}
