package io.coordkit.txn.tcc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchEndpointProvider;
import io.coordkit.txn.spi.TccProvider;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.ServiceLoader;

/** A coordinator on a log of its own, from the settings that {@link TccCoordinator} lists. */
public final class SettingsTccProvider implements TccProvider {
    /** As many connections as the coordinator has threads for the log. */
    private static final int POOL_SIZE = 16;

    /** For {@link ServiceLoader}. */
    public SettingsTccProvider() {}

    @Override
    public Tcc open(Settings settings, CoordObserver observer) {
        Deque<Runnable> opened = new ArrayDeque<>();
        try {
            return build(settings, observer, opened).open();
        } catch (RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private static TccCoordinator.Builder build(Settings settings, CoordObserver observer, Deque<Runnable> opened) {
        TccCoordinator.Builder builder = TccCoordinator.builder().observer(observer);
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
            throw new ConfigurationException("TCC " + e.getMessage(), e);
        }
        Settings participants = settings.below("participants");
        for (String name : participants.names()) {
            BranchEndpoint endpoint = endpoint(name, participants.requireText(name));
            opened.push(endpoint::close);
            builder.participant(name, endpoint);
        }
        participants.refuseUnread();
        HikariDataSource pool = pool(settings);
        opened.push(pool::close);
        return builder.log(SqlTxnLog.using(pool)).afterClose(() -> closeAll(opened));
    }

    private static HikariDataSource pool(Settings settings) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("coordkit-tcc-log");
        config.setMaximumPoolSize(POOL_SIZE);
        config.setMinimumIdle(1);
        config.setJdbcUrl(settings.requireText("jdbc-url"));
        settings.text("user").ifPresent(config::setUsername);
        settings.text("password").ifPresent(config::setPassword);
        try {
            return new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw new BackendUnreachableException(
                    "The database of the transaction log did not answer: " + e.getMessage(), e);
        } catch (RuntimeException e) {
            throw new ConfigurationException("coordkit.tcc.jdbc-url is of no use: " + e.getMessage(), e);
        }
    }

    private static BranchEndpoint endpoint(String name, String address) {
        URI uri;
        try {
            uri = URI.create(address);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("TCC participant '" + name + "' has a malformed URI '" + address + "'", e);
        }
        return ServiceLoader.load(BranchEndpointProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider ->
                        uri.getScheme() != null && provider.schemes().contains(uri.getScheme()))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException("No module on the class path reaches TCC participant '"
                        + name + "' at '" + address + "'; for grpc add txn-grpc"))
                .open(uri);
    }

    private static void closeAll(Deque<Runnable> opened) {
        while (!opened.isEmpty()) {
            opened.pop().run();
        }
    }
}
