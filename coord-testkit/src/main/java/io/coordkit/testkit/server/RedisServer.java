package io.coordkit.testkit.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import redis.embedded.RedisExecProvider;

/**
 * A private Redis on loopback. Without persistence, so that a restart starts empty, unless {@link #startDurable}
 * started it. The program comes with the embedded-redis artifact (7.0.15).
 *
 * <p>Thread-safe. The process ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class RedisServer extends ProcessServer {
    private static final String ORIGIN = "the embedded-redis artifact";
    private static final String DATA = "data";

    private RedisServer(ServerProgram program, int port, List<String> command, Path directory) {
        super(program, port, command, directory);
    }

    /**
     * Starts a server on a free port that forgets everything when it ends.
     *
     * @param options further command-line options, for example {@code "--maxmemory", "64mb"}
     * @throws IllegalStateException if it does not start; the message says what it printed
     */
    public static RedisServer start(String... options) {
        RedisServer server = begin(options);
        server.awaitReady();
        return server;
    }

    /** As {@link #start}, but what it has acknowledged is on disk, so that a restart loses nothing. */
    public static RedisServer startDurable(String... options) {
        return start(concat(List.of("--appendonly", "yes", "--appendfsync", "always"), options));
    }

    /** Several servers that know nothing of each other. */
    public static List<RedisServer> startSeveral(int count, String... options) {
        List<RedisServer> servers =
                IntStream.range(0, count).mapToObj(i -> begin(options)).toList();
        awaitAll(servers);
        return servers;
    }

    /** Starts a server that need not be ready when this returns. */
    static RedisServer begin(String... options) {
        int port = FreePort.findWithBus();
        Path directory = newDirectory();
        String[] common = {
            "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", "", "--dir", data(directory)
        };
        return begin(port, directory, concat(List.of(common), options));
    }

    /** Starts a sentinel with these lines of configuration, which need not be ready when this returns. */
    static RedisServer beginSentinel(List<String> configuration) {
        int port = FreePort.find();
        Path directory = newDirectory();
        Path file = directory.resolve("sentinel.conf");
        List<String> lines =
                new ArrayList<>(List.of("port " + port, "bind 127.0.0.1", "dir \"" + data(directory) + "\""));
        lines.addAll(configuration);
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return begin(port, directory, file.toString(), "--sentinel");
    }

    private static RedisServer begin(int port, Path directory, String... arguments) {
        String binary = Binary.PATH.toString();
        List<String> command = List.of(concat(List.of(binary), arguments));
        return new RedisServer(Binary.PROGRAM, port, command, directory);
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
    void erase() {
        TemporaryDirectory.delete(directory().resolve(DATA));
        createData(directory());
    }

    /** Unpacked when the first server starts, and once for all. */
    private static final class Binary {
        static final Path PATH = unpack();
        static final ServerProgram PROGRAM =
                ServerProgram.asking("Redis", ORIGIN, List.of(PATH.toString(), "--version"));

        private static Path unpack() {
            try {
                File binary = RedisExecProvider.defaultProvider().get();
                return binary.toPath().toAbsolutePath();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
