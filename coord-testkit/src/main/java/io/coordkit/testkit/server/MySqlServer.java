package io.coordkit.testkit.server;

import java.util.List;
import java.util.Map;

/**
 * A private MySQL on loopback, in a container. For tests: its buffers are small, but a commit is on disk before it is
 * acknowledged, as in production, so that {@link #kill9()} loses nothing that was acknowledged. The defaults for
 * character set and collation are MySQL's own: utf8mb4 that ignores case and accents.
 *
 * <p>Thread-safe. It ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class MySqlServer extends SqlServer {
    private static final String PASSWORD = "test-only";
    private static final String CREDENTIALS = "user=root&password=" + PASSWORD;
    private static final Map<String, String> ENVIRONMENT = Map.of("MYSQL_ROOT_PASSWORD", PASSWORD);

    private MySqlServer(ServerHost host, int port, String credentials) {
        super(host, port, credentials + "&allowPublicKeyRetrieval=true");
    }

    /**
     * A new, empty server that accepts connections.
     *
     * @throws IllegalStateException if there is no Docker or it does not start; the message says what is missing
     */
    public static MySqlServer start() {
        requireContainer();
        int port = FreePort.find();
        ServerHost host = new ContainerHost(ServerKind.MYSQL, command(port, "127.0.0.1"), ENVIRONMENT, Map.of());
        return ready(new MySqlServer(host, port, CREDENTIALS));
    }

    /** As {@link #start}, with a network of its own, for {@link #disconnect}. */
    public static MySqlServer startOnOwnNetwork() {
        requireContainer();
        int port = FreePort.find();
        NetworkedHost host = new NetworkedHost(ServerKind.MYSQL, port, command(port, "0.0.0.0"), ENVIRONMENT);
        return ready(new MySqlServer(host, host.port(), CREDENTIALS));
    }

    private static void requireContainer() {
        ServerSources.here().requireContainer(ServerKind.MYSQL);
    }

    private static List<String> command(int port, String address) {
        return List.of(
                "mysqld",
                "--port=" + port,
                "--bind-address=" + address,
                "--mysqlx=OFF",
                "--skip-name-resolve",
                "--skip-log-bin",
                "--innodb-buffer-pool-size=32M",
                "--innodb-redo-log-capacity=32M",
                "--innodb-flush-log-at-trx-commit=1",
                "--max-connections=300");
    }

    /** Somebody else's at {@code user:password@host:port}, not to be hurt; the user may create databases. */
    static MySqlServer given(String address) {
        SqlAddress parsed = SqlAddress.parse(ServerKind.MYSQL, address);
        GivenHost host = new GivenHost(ServerKind.MYSQL, parsed.address());
        return ready(new MySqlServer(host, host.port(), parsed.credentials()));
    }

    private static MySqlServer ready(MySqlServer server) {
        server.awaitReady();
        return server;
    }
}
