package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
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
public final class MariaDbServer implements AutoCloseable {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern DATABASE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

    private final Path directory;
    private final int port;
    private final Thread atExit = new Thread(this::close, "coordkit-mariadb-exit");
    private ServerProcess process;
    private boolean closed;

    private MariaDbServer(Path directory, int port, ServerProcess process) {
        this.directory = directory;
        this.port = port;
        this.process = process;
    }

    /**
     * A new, empty server that accepts connections.
     *
     * @throws IllegalStateException if MariaDB is not installed or does not start; the message says what is missing
     */
    public static MariaDbServer start() {
        Path installer = Programs.find("mariadb-install-db", "mariadb-server");
        Path directory = TemporaryDirectory.create("coordkit-mariadb-");
        try {
            ServerProcess.run(command(installer, directory, "--auth-root-authentication-method=normal"), directory);
            int port = FreePort.find();
            MariaDbServer server = new MariaDbServer(directory, port, launch(directory, port));
            Runtime.getRuntime().addShutdownHook(server.atExit);
            return server;
        } catch (RuntimeException e) {
            TemporaryDirectory.delete(directory);
            throw e;
        }
    }

    /** A JDBC URL for MySQL Connector/J, user included, of a database that {@link #createDatabase} has made. */
    public String jdbcUrl(String database) {
        return "jdbc:mysql://127.0.0.1:" + port + "/" + database + "?user=root&sslMode=DISABLED&connectTimeout=10000";
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

    /** Kills the process as {@code kill -9} does; the data stay. Does nothing to a server that is down. */
    public synchronized void kill9() {
        process.kill();
    }

    /**
     * Starts the server again on its port and data, after a {@link #kill9()}; one that still runs is killed first.
     *
     * @throws IllegalStateException if it is closed, or does not come up
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        process.kill();
        process = launch(directory, port);
    }

    /** Stops the process in its tracks (SIGSTOP): connections stay open, and nothing answers. */
    public synchronized void pause() {
        process.pause();
    }

    /** Lets a paused server go on. */
    public synchronized void resume() {
        process.resume();
    }

    /** Ends the process and deletes its data. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (Thread.currentThread() != atExit) {
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
        process.kill();
        TemporaryDirectory.delete(directory);
    }

    @Override
    public String toString() {
        return "MariaDB at 127.0.0.1:" + port;
    }

    private static ServerProcess launch(Path directory, int port) {
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
        return ServerProcess.launch(command, directory, port, START_TIMEOUT);
    }

    private static List<String> command(Path program, Path directory, String... options) {
        // --no-defaults: the machine's own configuration files must not reach into a test.
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--datadir=" + directory.resolve("data"),
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
}
