package io.coordkit.testkit.server;

import io.coordkit.testkit.Conformance;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * H2, which is no server: databases in the memory of this JVM. It is the one on the class path.
 *
 * <p>Thread-safe.
 */
public final class H2Databases implements AutoCloseable {
    private static final String ORIGIN = "this JVM, embedded and in memory";
    private static final AtomicBoolean TOLD = new AtomicBoolean();

    private final String id = UUID.randomUUID().toString();
    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final String version;

    private H2Databases(String version) {
        this.version = version;
    }

    /** @throws IllegalStateException if H2 is not on the class path */
    static H2Databases start() {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            String version = ServerProgram.version(connection.getMetaData().getDatabaseProductVersion());
            if (TOLD.compareAndSet(false, true)) {
                System.out.println("Server: H2 " + version + " from " + ORIGIN);
                Conformance.note("server", "H2", version, ORIGIN);
            }
            return new H2Databases(version);
        } catch (SQLException e) {
            throw new IllegalStateException("H2 is not on the class path: add com.h2database:h2", e);
        }
    }

    /**
     * A database of that name, empty unless it has been asked for before.
     *
     * @param name letters, digits and underscores, at most 64
     * @return its JDBC URL; no user is needed
     */
    public String createDatabase(String name) {
        SqlServer.requireName(name);
        names.add(name);
        return jdbcUrl(name);
    }

    private String jdbcUrl(String name) {
        return "jdbc:h2:mem:" + id + '-' + name + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";
    }

    /** For example {@code 2.3.232}. */
    public String version() {
        return version;
    }

    /** Deletes all. Idempotent. */
    @Override
    public void close() {
        for (String name : names) {
            try (Connection connection = DriverManager.getConnection(jdbcUrl(name));
                    Statement statement = connection.createStatement()) {
                statement.execute("SHUTDOWN IMMEDIATELY");
            } catch (SQLException e) {
                throw new IllegalStateException("Could not delete the H2 database " + name, e);
            }
        }
        names.clear();
    }
}
