package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A private MariaDB on loopback, with data of its own that goes away with it. For tests: its buffers are small, but a
 * commit is on disk before it is acknowledged, as in production, so that
 * {@link #kill9()} loses nothing that was acknowledged.
 *
 * <p>As a process it needs the programs {@code mariadbd} and {@code mariadb-install-db} (package mariadb-server on Debian).
 * The defaults for character set and collation are on purpose the
 * unfriendly ones: utf8mb4 that ignores case.
 *
 * <p>Thread-safe. It ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class MariaDbServer extends SqlServer {
    private static final String PASSWORD = "test-only"; // of a container; a process has none
    private static final List<String> SIZES =
            List.of("--skip-name-resolve", "--innodb-buffer-pool-size=32M", "--innodb-log-file-size=32M");

    private MariaDbServer(ServerHost host, int port, String credentials) {
        super(host, port, credentials);
    }

    /** Somebody else's at {@code user:password@host:port}, not to be hurt; the user may create databases. */
    static MariaDbServer given(String address) {
        SqlAddress parsed = SqlAddress.parse(ServerKind.MARIADB, address);
        GivenHost host = new GivenHost(ServerKind.MARIADB, parsed.address());
        return ready(new MariaDbServer(host, host.port(), parsed.credentials()));
    }

    /**
     * A new, empty server that accepts connections.
     *
     * @throws IllegalStateException if MariaDB is not installed or does not start; the message says what is missing
     */
    public static MariaDbServer start() {
        if (ServerSources.here().inContainer(ServerKind.MARIADB)) {
            return ready(inContainer(FreePort.find()));
        }
        Path directory = TemporaryDirectory.create("coordkit-mariadb-");
        MariaDbServer server;
        try {
            install(directory);
            server = begin(directory, FreePort.find());
        } catch (RuntimeException e) {
            TemporaryDirectory.delete(directory);
            throw e;
        }
        return ready(server);
    }

    private static MariaDbServer ready(MariaDbServer server) {
        server.awaitReady();
        return server;
    }

    private static MariaDbServer inContainer(int port) {
        List<String> command = new ArrayList<>(List.of("mariadbd"));
        command.addAll(SIZES);
        command.addAll(options(port));
        ServerHost host =
                new ContainerHost(ServerKind.MARIADB, command, Map.of("MARIADB_ROOT_PASSWORD", PASSWORD), Map.of());
        return new MariaDbServer(host, port, "user=root&password=" + PASSWORD);
    }

    private static void erase(Path directory) {
        TemporaryDirectory.delete(directory.resolve("data"));
        install(directory);
    }

    private static void install(Path directory) {
        Path installer = Programs.find("mariadb-install-db", "mariadb-server");
        ServerProcess.run(command(installer, directory, "--auth-root-authentication-method=normal"), directory);
    }

    private static MariaDbServer begin(Path directory, int port) {
        Path binary = Programs.find("mariadbd", "mariadb-server");
        List<String> command = command(
                binary, directory, "--socket=" + directory.resolve("socket"), "--pid-file=" + directory.resolve("pid"));
        command.addAll(options(port));
        ServerProgram program =
                ServerProgram.asking("MariaDB", "the program " + binary, List.of(binary.toString(), "--version"));
        ServerHost host = new ProcessHost(program, command, Map.of(), directory, MariaDbServer::erase);
        return new MariaDbServer(host, port, "user=root");
    }

    private static List<String> options(int port) {
        return List.of(
                "--port=" + port,
                "--bind-address=127.0.0.1",
                "--skip-log-bin",
                "--innodb-flush-log-at-trx-commit=1",
                "--max-connections=300",
                "--character-set-server=utf8mb4",
                "--collation-server=utf8mb4_general_ci");
    }

    private static List<String> command(Path program, Path directory, String... options) {
        // --no-defaults: the machine's own configuration files must not reach into a test.
        List<String> command = new ArrayList<>(List.of(
                program.toString(),
                "--no-defaults",
                "--datadir=" + directory.resolve("data"),
                // Not the machine's: a server that starts removes what it takes for left there by one that died.
                "--tmpdir=" + directory));
        command.addAll(SIZES);
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
