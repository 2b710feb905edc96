package io.coordkit.testkit.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Pattern;

/**
 * A private database server that speaks MySQL's protocol: a {@link MariaDbServer} or a {@link MySqlServer}. Whoever
 * connects needs MySQL Connector/J on the class path.
 *
 * <p>Thread-safe.
 */
public abstract class SqlServer extends HostedServer {
    private static final int GREETING_MILLIS = 2_000;
    private static final Pattern DATABASE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private final String credentials;

    /** @param credentials as URL parameters, for example {@code user=root} */
    SqlServer(ServerHost host, int port, String credentials) {
        super(host, port);
        this.credentials = credentials;
    }

    /** A JDBC URL for MySQL Connector/J, user included, of a database that {@link #createDatabase} has made. */
    public final String jdbcUrl(String database) {
        return "jdbc:mysql://" + address() + "/" + database + "?" + credentials
                + "&sslMode=DISABLED&connectTimeout=10000";
    }

    /**
     * Creates that database unless it exists.
     *
     * @param name letters, digits and underscores, at most 64
     * @return its {@link #jdbcUrl}
     */
    public final String createDatabase(String name) {
        requireName(name);
        try (Connection connection = DriverManager.getConnection(jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE IF NOT EXISTS " + name);
            return jdbcUrl(name);
        } catch (SQLException e) {
            throw new IllegalStateException("Could not create database " + name + " on " + this, e);
        }
    }

    static void requireName(String name) {
        if (!DATABASE_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must be a plain SQL identifier, was '" + name + "'");
        }
    }

    /** Whether it accepts a connection and speaks first, as MySQL's protocol has it. */
    @Override
    boolean isReady() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port()), GREETING_MILLIS);
            socket.setSoTimeout(GREETING_MILLIS);
            return socket.getInputStream().read() >= 0;
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    String askVersion() {
        try (Connection connection = DriverManager.getConnection(jdbcUrl(""));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT VERSION()")) {
            rows.next();
            return ServerProgram.version(rows.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(this + " does not tell its version", e);
        }
    }
}
