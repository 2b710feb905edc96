package io.coordkit.sql;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;

/**
 * Creates the tables that Coordkit needs, on demand. The scripts are resources beside the class that owns the table,
 * named {@code <table>-mysql.sql} and {@code <table>-h2.sql}; they may be applied by hand before, by an account that has
 * the right to, and then nothing but the right to read and write is needed here.
 */
public final class SqlSchema {
    private SqlSchema() {}

    /**
     * Returns once the table exists in the connection's schema.
     *
     * @param table its name, lower case
     * @param owner the class beside which the scripts lie
     */
    public static void ensure(Connection connection, String table, Class<?> owner) throws SQLException {
        if (exists(connection, table)) {
            return;
        }
        SqlDialect dialect = SqlDialect.of(connection);
        String script = read(owner, table + "-" + dialect.name().toLowerCase(Locale.ROOT) + ".sql");
        try (Statement statement = connection.createStatement()) {
            for (String sql : script.split(";\\s*\\n", -1)) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }

    private static boolean exists(Connection connection, String table) throws SQLException {
        // Both spellings instead of LOWER(...): H2 folds with the JVM's locale, and Turkish has two letters i.
        try (PreparedStatement query = connection.prepareStatement("SELECT COUNT(*) FROM information_schema.tables"
                + " WHERE table_schema = SCHEMA() AND table_name IN (?, ?)")) {
            query.setString(1, table);
            query.setString(2, table.toUpperCase(Locale.ROOT));
            try (ResultSet rows = query.executeQuery()) {
                return rows.next() && rows.getInt(1) > 0;
            }
        }
    }

    private static String read(Class<?> owner, String resource) {
        try (InputStream in = owner.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("No resource " + resource + " beside " + owner.getName());
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
