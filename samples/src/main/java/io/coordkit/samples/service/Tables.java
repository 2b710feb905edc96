package io.coordkit.samples.service;

import io.coordkit.sql.SqlSchema;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Makes a service's tables, each by a script for its kind of database. */
public final class Tables {
    private Tables() {}

    /**
     * Returns once they are there.
     *
     * @param owner the class beside which the scripts lie, see {@link SqlSchema}
     * @throws StartupException if one cannot be made
     */
    public static void ensure(DataSource database, Class<?> owner, String... names) {
        for (String name : names) {
            try (Connection connection = database.getConnection()) {
                SqlSchema.ensure(connection, name, owner);
            } catch (SQLException e) {
                throw new StartupException("table " + name + " cannot be made: " + e.getMessage(), e);
            }
        }
    }
}
