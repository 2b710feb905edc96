package io.coordkit.samples.service;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcDataSource;

/**
 * An embedded database, created if it is not there.
 *
 * @param file without the suffix {@code .mv.db}
 */
public record H2Database(Path file) implements Database {
    private static final int ALREADY_OPEN = 90020;

    /**
     * Makes the path absolute.
     *
     * @throws StartupException if H2 would read a part of it as settings
     */
    public H2Database {
        if (file.toString().contains(";")) {
            throw new StartupException("--db-file must not contain a semicolon, was '" + file + "'");
        }
        file = file.toAbsolutePath().normalize();
    }

    @Override
    public HikariDataSource open() {
        try {
            Files.createDirectories(file.getParent());
        } catch (IOException e) {
            throw new StartupException("the directory of database " + file + " cannot be created: " + e, e);
        }
        try {
            return new HikariDataSource(Database.pool(String.valueOf(file.getFileName()), url()));
        } catch (PoolInitializationException e) {
            throw refusal(e);
        }
    }

    @Override
    public XADataSource forTwoPhase() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL(url());
        return source;
    }

    private String url() {
        return "jdbc:h2:file:" + file + ";WRITE_DELAY=0;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE";
    }

    private StartupException refusal(PoolInitializationException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getErrorCode() == ALREADY_OPEN) {
                return new StartupException("database " + file + " is in use by another process", failure);
            }
        }
        return new StartupException("database " + file + " cannot be opened: " + failure.getMessage(), failure);
    }
}
