package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A private Redis on loopback. Without persistence, so that a restart starts empty, unless {@link #startDurable}
 * started it. A process's program comes with the embedded-redis artifact (7.0.15). With TLS or a faked clock it is
 * always a process.
 *
 * <p>Thread-safe. It ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class RedisServer extends HostedServer {
    private static final String DATA = "data";
    private static final String CONTAINER_DATA = "/data";
    private static final String LOOPBACK = "127.0.0.1";
    private static final String ANYWHERE = "0.0.0.0";
    private static final List<String> DURABLE = List.of("--appendonly", "yes", "--appendfsync", "always");
    private static final int NO_TLS = 0;

    private final int tlsPort;

    private RedisServer(ServerHost host, int port, int tlsPort) {
        super(host, port);
        this.tlsPort = tlsPort;
    }

    /** Somebody else's at that address, not to be hurt. */
    static RedisServer given(String address) {
        GivenHost host = new GivenHost(ServerKind.REDIS, address);
        return ready(new RedisServer(host, host.port(), NO_TLS));
    }

    /**
     * Starts a server on a free port that forgets everything when it ends.
     *
     * @param options further command-line options, for example {@code "--maxmemory", "64mb"}
     * @throws IllegalStateException if it does not start; the message says what it printed
     */
    public static RedisServer start(String... options) {
        return ready(begin(null, options));
    }

    /**
     * As {@link #start}, but it serves {@link #tlsUri} as well, with the server's certificate, to who shows one of the
     * same authority.
     */
    public static RedisServer startTls(TestCertificates certificates, String... options) {
        return ready(begin(certificates, options));
    }

    /** As {@link #start}, but what it has acknowledged is on disk, so that a restart loses nothing. */
    public static RedisServer startDurable(String... options) {
        return start(concat(DURABLE, options));
    }

    /** As {@link #startDurable}, in a container with a network of its own, for {@link #disconnect}. */
    public static RedisServer startDurableOnOwnNetwork(String... options) {
        ServerSources.here().requireContainer(ServerKind.REDIS);
        int port = FreePort.find();
        List<String> command = new ArrayList<>(List.of("redis-server"));
        command.addAll(common(port, CONTAINER_DATA, ANYWHERE));
        command.addAll(List.of("--protected-mode", "no"));
        command.addAll(DURABLE);
        command.addAll(List.of(options));
        NetworkedHost host = new NetworkedHost(ServerKind.REDIS, port, command, Map.of());
        return ready(new RedisServer(host, host.port(), NO_TLS));
    }

    /** As {@link #startDurable}, but it goes by that clock. It needs the package redis-server: see {@link FakedClock}. */
    public static RedisServer startUnder(FakedClock clock) {
        int port = FreePort.findWithBus();
        Path directory = newDirectory();
        String[] arguments = concat(common(port, data(directory), LOOPBACK), DURABLE.toArray(String[]::new));
        return ready(begin(RedisProgram.installed(), port, NO_TLS, clock.environment(), directory, arguments));
    }

    /** Several servers that know nothing of each other. */
    public static List<RedisServer> startSeveral(int count, String... options) {
        return startSeveral(count, null, options);
    }

    /** The same; with certificates each as {@link #startTls} does. */
    static List<RedisServer> startSeveral(int count, @Nullable TestCertificates certificates, String... options) {
        List<RedisServer> servers = IntStream.range(0, count)
                .mapToObj(i -> begin(certificates, options))
                .toList();
        awaitAll(servers);
        return servers;
    }

    /** Starts a server that need not be ready when this returns. */
    static RedisServer begin(@Nullable TestCertificates certificates, String... options) {
        int port = FreePort.findWithBus();
        if (certificates == null && ServerSources.here().inContainer(ServerKind.REDIS, options)) {
            return inContainer(port, Map.of(), concat(common(port, CONTAINER_DATA, LOOPBACK), options));
        }
        int tlsPort = certificates == null ? NO_TLS : FreePort.findWithBus();
        Path directory = newDirectory();
        List<String> common = common(port, data(directory), LOOPBACK);
        tls(certificates, tlsPort).forEach((name, value) -> common.addAll(List.of("--" + name, value)));
        return begin(port, tlsPort, directory, concat(common, options));
    }

    private static List<String> common(int port, String data, String address) {
        return new ArrayList<>(
                List.of("--port", Integer.toString(port), "--bind", address, "--save", "", "--dir", data));
    }

    private static RedisServer inContainer(int port, Map<String, String> files, String... arguments) {
        List<String> command = List.of(concat(List.of("redis-server"), arguments));
        return new RedisServer(new ContainerHost(ServerKind.REDIS, command, Map.of(), files), port, NO_TLS);
    }

    private static Map<String, String> tls(@Nullable TestCertificates certificates, int port) {
        return certificates == null
                ? Map.of()
                : Map.of(
                        "tls-port", Integer.toString(port),
                        "tls-cert-file", certificates.serverCertificate().toString(),
                        "tls-key-file", certificates.serverKey().toString(),
                        "tls-ca-cert-file", certificates.ca().toString());
    }

    /** Starts a sentinel with these lines of configuration, which need not be ready when this returns. */
    static RedisServer beginSentinel(@Nullable TestCertificates certificates, List<String> configuration) {
        int port = FreePort.find();
        if (certificates == null && ServerSources.here().inContainer(ServerKind.REDIS)) {
            String file = CONTAINER_DATA + "/sentinel.conf";
            List<String> lines = sentinelLines(port, CONTAINER_DATA);
            lines.addAll(configuration);
            return inContainer(port, Map.of(file, String.join("\n", lines) + "\n"), file, "--sentinel");
        }
        int tlsPort = certificates == null ? NO_TLS : FreePort.find();
        Path directory = newDirectory();
        Path file = directory.resolve("sentinel.conf");
        List<String> lines = sentinelLines(port, data(directory));
        tls(certificates, tlsPort).forEach((name, value) -> lines.add(name + " \"" + value + "\""));
        lines.addAll(configuration);
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return begin(port, tlsPort, directory, file.toString(), "--sentinel");
    }

    private static List<String> sentinelLines(int port, String data) {
        return new ArrayList<>(List.of("port " + port, "bind 127.0.0.1", "dir \"" + data + "\""));
    }

    private static RedisServer begin(int port, int tlsPort, Path directory, String... arguments) {
        return begin(RedisProgram.shared(), port, tlsPort, Map.of(), directory, arguments);
    }

    private static RedisServer begin(
            RedisProgram program,
            int port,
            int tlsPort,
            Map<String, String> environment,
            Path directory,
            String... arguments) {
        List<String> command = List.of(concat(List.of(program.path().toString()), arguments));
        ServerHost host =
                new ProcessHost(program.description(), command, environment, directory, RedisServer::eraseData);
        return new RedisServer(host, port, tlsPort);
    }

    private static RedisServer ready(RedisServer server) {
        server.awaitReady();
        return server;
    }

    private static Path newDirectory() {
        Path directory = TemporaryDirectory.create("coordkit-redis-");
        createData(directory);
        return directory;
    }

    private static void createData(Path directory) {
        try {
            Files.createDirectory(directory.resolve(DATA));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String data(Path directory) {
        return directory.resolve(DATA).toString();
    }

    private static String[] concat(List<String> first, String... second) {
        return Stream.concat(first.stream(), Stream.of(second)).toArray(String[]::new);
    }

    static void awaitAll(List<RedisServer> servers) {
        try {
            servers.forEach(RedisServer::awaitReady);
        } catch (RuntimeException e) {
            servers.forEach(RedisServer::close);
            throw e;
        }
    }

    /** Its address, for example {@code redis://127.0.0.1:40123}. */
    public String uri() {
        return "redis://" + address();
    }

    /**
     * Its address for TLS, for example {@code rediss://127.0.0.1:40124}.
     *
     * @throws IllegalStateException if it was started without
     */
    public String tlsUri() {
        if (tlsPort == NO_TLS) {
            throw new IllegalStateException(this + " was started without TLS");
        }
        return "rediss://127.0.0.1:" + tlsPort;
    }

    /** Where others of its kind, and their clients, reach it: by TLS if it has that. */
    int peerPort() {
        return tlsPort == NO_TLS ? port() : tlsPort;
    }

    /** Whether that is by TLS. */
    boolean hasTls() {
        return tlsPort != NO_TLS;
    }

    /** {@link #peerPort} with its host. */
    String peerAddress() {
        return "127.0.0.1:" + peerPort();
    }

    /**
     * What it answers to one command, as text; an array's elements a line each.
     *
     * @throws IllegalStateException if it does not answer within some seconds, or with an error
     */
    public String command(String... words) {
        try {
            return RedisWire.ask(port(), words);
        } catch (IOException e) {
            throw new IllegalStateException(this + " did not carry out " + words[0] + ": " + e.getMessage(), e);
        }
    }

    /** A line of its {@code INFO}, for example that of {@code role}; empty if there is none. */
    public String info(String field) {
        return field(command("INFO", "everything"), field);
    }

    /** The value in a line {@code name:value}. */
    static String field(String lines, String name) {
        Matcher line =
                Pattern.compile("(?m)^" + Pattern.quote(name) + ":(.*?)\\r?$").matcher(lines);
        return line.find() ? line.group(1) : "";
    }

    @Override
    boolean isReady() {
        try {
            return "PONG".equals(RedisWire.ask(port(), "PING"));
        } catch (IOException e) {
            return String.valueOf(e.getMessage()).contains("NOAUTH");
        }
    }

    @Override
    String askVersion() {
        return info("redis_version");
    }

    private static void eraseData(Path directory) {
        TemporaryDirectory.delete(directory.resolve(DATA));
        createData(directory);
    }
}
