package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.observe.CoordObserver;
import io.coordkit.sql.JdbcUrl;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.coordinator.CoordinatorSettings;
import io.coordkit.txn.spi.TwoPhaseProvider;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.ServiceLoader;
import javax.sql.XADataSource;

/** A coordinator on a log of its own, from the settings that {@link TwoPhaseCoordinator} lists. */
public final class SettingsTwoPhaseProvider implements TwoPhaseProvider {
    private static final String PREFIX = "coordkit.two-phase";
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(60);

    /** For {@link ServiceLoader}. */
    public SettingsTwoPhaseProvider() {}

    @Override
    public TwoPhase open(Settings settings, CoordObserver observer) {
        Deque<Runnable> opened = new ArrayDeque<>();
        TwoPhaseCoordinator.Builder builder = TwoPhaseCoordinator.builder();
        try {
            CoordinatorSettings.apply(builder, PREFIX, settings, observer, opened);
            settings.duration("scan-every").ifPresent(builder::scanEvery);
            settings.flag("one-phase").filter(wanted -> wanted).ifPresent(wanted -> builder.onePhase());
            Settings databases = settings.below("databases");
            for (String name : databases.names()) {
                Settings own = databases.below(name);
                builder.database(database(name, own));
                own.refuseUnread();
            }
            databases.refuseUnread();
            return builder.open();
        } catch (IllegalArgumentException e) {
            CoordinatorSettings.closeAll(opened);
            throw new ConfigurationException(PREFIX + ": " + e.getMessage(), e);
        } catch (RuntimeException e) {
            CoordinatorSettings.closeAll(opened);
            throw e;
        }
    }

    private static XaDatabase database(String name, Settings settings) {
        String url = settings.requireText("jdbc-url");
        String user = settings.text("user").orElse("");
        String password = settings.text("password").orElse("");
        Duration answerTimeout = settings.duration("answer-timeout").orElse(ANSWER_TIMEOUT);
        XaDatabase database = XaDatabase.of(
                        name, source(name, JdbcUrl.bounded(url, CONNECT_TIMEOUT, answerTimeout), user, password))
                .withAnswerTimeout(answerTimeout);
        return settings.integer("max-connections")
                .map(database::withMaxConnections)
                .orElse(database);
    }

    private static XADataSource source(String name, String url, String user, String password) {
        if (url.startsWith("jdbc:mysql:")) {
            return source(name, "com.mysql.cj.jdbc.MysqlXADataSource", "setUrl", url, user, password);
        }
        if (url.startsWith("jdbc:h2:")) {
            return source(name, "org.h2.jdbcx.JdbcDataSource", "setURL", url, user, password);
        }
        throw new ConfigurationException(PREFIX + ".databases." + name + ".jdbc-url must begin with jdbc:mysql: (for"
                + " MySQL and MariaDB) or jdbc:h2:, was '" + JdbcUrl.place(url) + "'");
    }

    /** The driver is the user's, and none is compiled against. */
    private static XADataSource source(
            String name, String type, String urlSetter, String url, String user, String password) {
        try {
            Object source = Class.forName(type).getConstructor().newInstance();
            set(source, urlSetter, url);
            if (!user.isEmpty()) {
                set(source, "setUser", user);
                set(source, "setPassword", password);
            }
            return (XADataSource) source;
        } catch (ClassNotFoundException e) {
            throw new ConfigurationException(
                    PREFIX + ".databases." + name + " needs " + type + ", whose driver is not on the class path", e);
        } catch (ReflectiveOperationException e) {
            throw new ConfigurationException(
                    PREFIX + ".databases." + name + " was refused by its driver: " + cause(e).getMessage(), cause(e));
        }
    }

    private static Throwable cause(ReflectiveOperationException e) {
        return e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
    }

    private static void set(Object source, String setter, String value) throws ReflectiveOperationException {
        source.getClass().getMethod(setter, String.class).invoke(source, value);
    }
}
