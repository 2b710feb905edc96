package io.coordkit.samples.service;

import com.mysql.cj.jdbc.MysqlXADataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.coordkit.sql.JdbcUrl;
import java.time.Duration;
import java.util.Optional;
import javax.sql.XADataSource;

/**
 * A database on MySQL or MariaDB, which must be there already; the tables are made.
 *
 * @param flag that gave the URL, for messages
 * @param user empty for the one in the URL
 */
record MySqlDatabase(String flag, MySqlUrl url, Optional<String> user, Optional<String> password) implements Database {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    @Override
    public HikariDataSource open() {
        HikariConfig config = Database.pool("mysql", url.text());
        config.setConnectionTimeout(PATIENCE.toMillis());
        user.ifPresent(config::setUsername);
        password.ifPresent(config::setPassword);
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new StartupException(flag + ": database " + url.place() + " cannot be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public XADataSource forTwoPhase() {
        MysqlXADataSource source = new MysqlXADataSource();
        source.setUrl(JdbcUrl.bounded(url.text(), PATIENCE, ANSWER_TIMEOUT));
        user.ifPresent(source::setUser);
        password.ifPresent(source::setPassword);
        return source;
    }

    /** Without the password. */
    @Override
    public String toString() {
        return url.place();
    }
}
