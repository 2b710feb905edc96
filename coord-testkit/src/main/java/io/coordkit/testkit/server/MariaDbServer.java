package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A private MariaDB on loopback, in a directory of its own that goes away with it. For tests: its buffers are small and
 * its {@code root} has no password, but a commit is on disk before it is acknowledged, as in production, so that
 * {@link #kill9()} loses nothing that was acknowledged.
 *
 * <p>It needs the programs {@code mariadbd} and {@code mariadb-install-db} (package mariadb-server on Debian), and MySQL
 * Connector/J on the class path of whoever connects. The defaults for character set and collation are on purpose the
 * unfriendly ones: utf8mb4 that ignores case.
 *
 * <p>Thread-safe. The process ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class MariaDbServer extends ProcessServer {
    private static final int GREETING_MILLIS = 2_000;
    private static final Pattern DATABASE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private MariaDbServer(ServerProgram program, int port, List<String> command, Path directory) {
        super(program, port, command, directory);
    }

    /**
     * A new, empty server that accepts connections.
     *
     * @throws IllegalStateException if MariaDB is not installed or does not start; the message says what is missing
     */
    public static MariaDbServer start() {
        Path directory = TemporaryDirectory.create("coordkit-mariadb-");
        MariaDbServer server;
        try {
            install(directory);
            server = begin(directory, FreePort.find());
        } catch (RuntimeException e) {
            TemporaryDirectory.delete(directory);
            throw e;
        }
        server.awaitReady();
        return server;
    }

    /** A JDBC URL for MySQL Connector/J, user included, of a database that {@link #createDatabase} has made. */
    public String jdbcUrl(String database) {
        return "jdbc:mysql://" + address() + "/" + database + "?user=root&sslMode=DISABLED&connectTimeout=10000";
    }

    /**
     * Creates that database unless it exists.
     *
     * @param name letters, digits and underscores, at most 64
     * @return its {@link #jdbcUrl}
     */
    public String createDatabase(String name) {
        if (!DATABASE_NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("name must be a plain SQL identifier, was '" + name + "'");
        }
        try (Connection connection = DriverManager.getConnection(jdbcUrl(""));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE IF NOT EXISTS " + name);
            return jdbcUrl(name);
        } catch (SQLException e) {
            throw new IllegalStateException("Could not create database " + name + " on " + this, e);
        }
    }

    @Override
    void erase() {
        TemporaryDirectory.delete(directory().resolve("data"));
        install(directory());
    }

    private static void install(Path directory) {
        Path installer = Programs.find("mariadb-install-db", "mariadb-server");
        ServerProcess.run(command(installer, directory, "--auth-root-authentication-method=normal"), directory);
    }

    private static MariaDbServer begin(Path directory, int port) {
        Path binary = Programs.find("mariadbd", "mariadb-server");
        List<String> command = command(
                binary,
                directory,
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--socket=" + directory.resolve("socket"),
                "--pid-file=" + directory.resolve("pid"),
                "--skip-log-bin",
                "--innodb-flush-log-at-trx-commit=1",
                "--max-connections=300",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci");
        ServerProgram program =
                ServerProgram.asking("MariaDB", "the program " + binary, List.of(binary.toString(), "--version"));
        return new MariaDbServer(program, port, command, directory);
    }

    private static List<String> command(Path program, Path directory, String... options) {
        // --no-defaults: the machine's own configuration files must not reach into a test.
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--datadir=" + directory.resolve("data"),
                // Not the machine's: a server that starts removes what it takes for left there by one that died.
                "--tmpdir=" + directory,
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=32M",
                "--innodb-log-file-size=32M"));
        command.addAll(List.of(options));
        if ("root".equals(owner(directory))) {
            command.add("--user=root");
        }
        return command;
    }

    private static String owner(Path directory) {
        try {
            return Files.getOwner(directory).getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
}
