package io.coordkit.sql;

import io.coordkit.ConfigurationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;

/** The few ways in which the databases differ for Coordkit. */
public enum SqlDialect {
    /** MySQL 8 or later, MariaDB 10.6 or later; InnoDB. */
    // Not UNIX_TIMESTAMP(NOW(3)): it goes through the session's time zone, where an hour comes twice each autumn.
    MYSQL("(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000)"),
    /** H2 2.x in its regular mode. */
    H2("CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP(3)) * 1000 AS BIGINT)");

    private final String nowMillis;

    SqlDialect(String nowMillis) {
        this.nowMillis = nowMillis;
    }

    /** An SQL expression for the database's clock, in milliseconds since 1970 UTC. */
    public String nowMillis() {
        return nowMillis;
    }

    /**
     * The dialect of that connection.
     *
     * @throws ConfigurationException if the database is none of those supported
     */
    public static SqlDialect of(Connection connection) throws SQLException {
        String product = connection.getMetaData().getDatabaseProductName();
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "mysql", "mariadb" -> MYSQL;
            case "h2" -> H2;
            default ->
                throw new ConfigurationException(
                        "Database '" + product + "' is not supported; use MySQL, MariaDB or H2");
        };
    }
}
