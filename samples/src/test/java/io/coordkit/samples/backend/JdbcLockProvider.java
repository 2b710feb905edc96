package io.coordkit.samples.backend;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.LockBackendProvider;
import io.coordkit.sql.JdbcUrl;
import java.net.URI;
import java.util.Set;

/** Serves {@code jdbc:} URLs, with the settings {@code user} and {@code password}, by a pool of its own. */
public final class JdbcLockProvider implements LockBackendProvider {
    private static final int CONNECTIONS = 4;
    private static final int CONNECT_MILLIS = 2_000;
    private static final String ANSWER_MILLIS = "5000";

    /** For {@link java.util.ServiceLoader}. */
    public JdbcLockProvider() {}

    @Override
    public Set<String> schemes() {
        return Set.of("jdbc");
    }

    @Override
    public LockBackend open(URI uri, Settings settings) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(uri.toString());
        settings.text("user").ifPresent(config::setUsername);
        settings.text("password").ifPresent(config::setPassword);
        if (uri.getSchemeSpecificPart().startsWith("mysql:")) {
            config.addDataSourceProperty("socketTimeout", ANSWER_MILLIS); // its driver would wait for ever
        }
        config.setMaximumPoolSize(CONNECTIONS);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setInitializationFailTimeout(-1); // the backend asks, and says what failed
        HikariDataSource pool = new HikariDataSource(config);
        try {
            return JdbcLockBackend.open(pool, JdbcUrl.place(uri.toString()), pool::close);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }
}
