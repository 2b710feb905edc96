package io.coordkit.samples.service;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Opens a service's own H2 database. */
public final class Database {
    private static final int H2_ALREADY_OPEN = 90020;
    private static final int CONNECTIONS = 24;

    private Database() {}

    /**
     * A pool on the H2 database in that file, created if it is not there. Every commit is written before it is
     * acknowledged, so that none is lost when the process is killed.
     *
     * @param file without the suffix {@code .mv.db}
     * @throws StartupException if another process has it open, or it cannot be opened
     */
    public static HikariDataSource open(Path file) {
        Path path = file.toAbsolutePath().normalize();
        if (path.toString().contains(";")) {
            throw new StartupException("--db must not contain a semicolon, was '" + file + "'");
        }
        try {
            Files.createDirectories(path.getParent());
        } catch (IOException e) {
            throw new StartupException("the directory of database " + path + " cannot be created: " + e, e);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName(String.valueOf(path.getFileName()));
        config.setJdbcUrl(url(path));
        config.setMaximumPoolSize(CONNECTIONS);
        config.setInitializationFailTimeout(1);
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw refusal(path, e);
        }
    }

    /** The same database for two-phase commits; it must have been opened before, and stay so. */
    public static XADataSource forTwoPhase(Path file) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url(file.toAbsolutePath().normalize()));
        return source;
    }

    private static String url(Path path) {
        return "jdbc:h2:file:" + path + ";WRITE_DELAY=0;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE";
    }

    private static StartupException refusal(Path path, PoolInitializationException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == H2_ALREADY_OPEN) {
                return new StartupException("database " + path + " is in use by another process", failure);
            }
        }
        return new StartupException("database " + path + " cannot be opened: " + failure.getMessage(), failure);
    }
}
