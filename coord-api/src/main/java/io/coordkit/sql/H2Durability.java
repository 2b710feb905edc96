package io.coordkit.sql;

import io.coordkit.ConfigurationException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * H2 acknowledges a commit up to half a second before it is written, unless told otherwise, and loses it when the
 * process is killed. Whatever rests on a commit checks this at start.
 */
public final class H2Durability {
    private H2Durability() {}

    /**
     * Returns if the database is not H2, or writes each commit before it answers.
     *
     * @throws ConfigurationException if it is H2 without {@code WRITE_DELAY=0} in its URL
     */
    public static void require(Connection connection) throws SQLException {
        if (SqlDialect.of(connection) != SqlDialect.H2) {
            return;
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS"
                        + " WHERE SETTING_NAME = 'WRITE_DELAY'")) {
            String delay = rows.next() ? rows.getString(1) : "not reported";
            if (!"0".equals(delay)) {
                throw new ConfigurationException(
                        "H2 database " + connection.getMetaData().getURL()
                                + " would lose acknowledged commits when its process is killed: WRITE_DELAY is " + delay
                                + "; add ;WRITE_DELAY=0 to the URL");
            }
        }
    }
}
