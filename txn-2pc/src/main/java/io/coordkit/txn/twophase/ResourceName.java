package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import io.coordkit.sql.SqlErrors;
import io.coordkit.sql.SqlSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A database remembers by which name coordinators know it. So it is noticed when it is registered twice, which would make
 * two branches of one, or under another name than before, by which nobody would find the branches in doubt.
 */
final class ResourceName {
    private static final String TABLE = "coordkit_xa_resource";

    private static final int ATTEMPTS = 10;
    /** No log has a name that begins like that, for the spaces in it. */
    private static final String OWNER = "owner for ";

    private static final int RADIX = Character.MAX_RADIX;
    private static final int OWNERS = RADIX * RADIX * RADIX * RADIX;

    private ResourceName() {}

    /** @throws ConfigurationException if the database is known to coordinators on that log by another name */
    static void claim(Connection connection, String name, String home) throws SQLException {
        String known = keep(connection, home, name);
        if (!known.equals(name)) {
            throw new ConfigurationException(
                    "Database '" + name + "' is known as '" + known + "' to coordinators on log '"
                            + home
                            + "'. If it is registered under both names, register it once; if it was renamed, register it as"
                            + " '" + known + "', or see that nothing is unfinished and UPDATE " + TABLE);
        }
    }

    /**
     * What tells that user's branches on this database from all others that the same server lists: those of participants,
     * of other logs, and of logs of the same name elsewhere. Drawn by lot once, out of 1.7 million; it is copied with the
     * database.
     */
    static String owner(Connection connection, String user) throws SQLException {
        String lot = Integer.toString(ThreadLocalRandom.current().nextInt(OWNERS), RADIX);
        return keep(connection, OWNER + user, lot);
    }

    /** The name that is kept for that user: that one, if there was none. */
    private static String keep(Connection connection, String user, String name) throws SQLException {
        SqlSchema.ensure(connection, TABLE, ResourceName.class);
        String known = read(connection, user);
        for (int attempt = 1; known.isEmpty(); attempt++) {
            try {
                insert(connection, name, user);
            } catch (SQLException e) {
                // Somebody else was faster, or is just about to be.
                if (!SqlErrors.isDuplicateKey(e) && !(SqlErrors.isContention(e) && attempt < ATTEMPTS)) {
                    throw e;
                }
            }
            known = read(connection, user);
        }
        return known;
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
