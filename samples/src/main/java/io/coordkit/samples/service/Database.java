package io.coordkit.samples.service;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.XADataSource;

/** A service's own database. Immutable. */
public sealed interface Database permits H2Database, MySqlDatabase {
    /** How many connections a pool has. */
    int CONNECTIONS = 24;

    /**
     * A pool on it. Every commit is on disk before it is acknowledged, so that none is lost when a process is killed.
     *
     * @throws StartupException if it cannot be opened
     */
    HikariDataSource open();

    /** The same database for two-phase commits; it must have been opened before, and stay so. */
    XADataSource forTwoPhase();

    /** A pool's settings, which fails at once if the database does not answer. */
    static HikariConfig pool(String name, String jdbcUrl) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(name);
        config.setJdbcUrl(jdbcUrl);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setInitializationFailTimeout(1);
        return config;
    }
}
