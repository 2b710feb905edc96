package io.coordkit.txn.coordinator;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.observe.CoordObserver;
import io.coordkit.sql.JdbcUrl;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchEndpointProvider;
import io.coordkit.txn.spi.TxnLog;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Deque;
import java.util.ServiceLoader;

/** The settings that all kinds of coordinators have; each kind's own coordinator lists them. */
public final class CoordinatorSettings {
    /** As many connections as the coordinator has threads for the log. */
    private static final int POOL_SIZE = 16;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    /** Well above what a statement on the log takes, for one that is given up leaves a decision unknown. */
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(30);

    private CoordinatorSettings() {}

    /**
     * Gives the builder what the settings say, and has it end with the coordinator what was opened for that.
     *
     * @param prefix of the settings, for messages
     * @param opened ends what was opened, the last first
     */
    public static <B extends CoordinatorBuilder<B>> void apply(
            B builder, String prefix, Settings settings, CoordObserver observer, Deque<Runnable> opened) {
        builder.observer(observer);
        try {
            RetrySchedule retry = RetrySchedule.DEFAULTS;
            builder.retry(retry.withWaits(
                    settings.duration("retry-first").orElse(retry.first()),
                    settings.duration("retry-max").orElse(retry.max())));
            settings.duration("call-timeout").ifPresent(builder::callTimeout);
            settings.text("home").ifPresent(builder::home);
            settings.text("name").ifPresent(builder::name);
            settings.duration("lease").ifPresent(builder::lease);
            settings.duration("retention").ifPresent(builder::retention);
            settings.integer("max-attempts").ifPresent(builder::maxAttempts);
            settings.integer("permits").ifPresent(builder::permits);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException(prefix + ": " + e.getMessage(), e);
        }
        Settings participants = settings.below("participants");
        Settings endpoints = settings.below("endpoints");
        for (String name : participants.names()) {
            BranchEndpoint endpoint = endpoint(name, participants.requireText(name), endpoints);
            opened.push(endpoint::close);
            builder.participant(name, endpoint);
        }
        participants.refuseUnread();
        endpoints.refuseUnread();
        builder.log(log(prefix, settings, opened)).afterClose(() -> closeAll(opened));
    }

    private static TxnLog log(String prefix, Settings settings, Deque<Runnable> opened) {
        String uri = settings.text("log").orElseGet(() -> settings.requireText("jdbc-url"));
        if (uri.startsWith("jdbc:")) {
            HikariDataSource pool = pool(prefix, uri, settings);
            opened.push(pool::close);
            return SqlTxnLog.using(pool);
        }
        TxnLog files = FileTxnLog.open(uri(uri, prefix + ".log"));
        opened.push(files::close);
        return files;
    }

    private static HikariDataSource pool(String prefix, String url, Settings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("coordkit-txn-log");
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(1);
        config.setJdbcUrl(JdbcUrl.bounded(url, CONNECT_TIMEOUT, ANSWER_TIMEOUT));
        settings.text("user").ifPresent(config::setUsername);
        settings.text("password").ifPresent(config::setPassword);
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new BackendUnreachableException(
                    "The database of the transaction log did not answer: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // Its own message has the whole URL, and a URL may hold a password.
            String trouble =
                    e.getCause() == null ? "the pool refused it" : e.getCause().getMessage();
            throw new ConfigurationException(
                    prefix + ".log (or jdbc-url) '" + JdbcUrl.place(url) + "' is of no use: " + trouble);
        }
    }

    private static BranchEndpoint endpoint(String name, String address, Settings settings) {
        URI uri = uri(address, "participant '" + name + "'");
        return ServiceLoader.load(BranchEndpointProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider ->
                        uri.getScheme() != null && provider.schemes().contains(uri.getScheme()))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException("No module on the class path reaches participant '" + name
                        + "' by the scheme '" + uri.getScheme() + "'; for grpc add txn-grpc"))
                .open(uri, settings);
    }

    private static URI uri(String text, String whose) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new ConfigurationException(whose + " has a malformed URI '" + JdbcUrl.place(text) + "': "
                    + e.getReason() + " at index " + e.getIndex());
        }
    }

    /** Ends what was opened, the last first. */
    public static void closeAll(Deque<Runnable> opened) {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }
}
