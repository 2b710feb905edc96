package io.coordkit.testkit.server;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import redis.embedded.RedisExecProvider;

/**
 * A Redis of one's own, to be hurt: a real server process on loopback, without persistence, so that a restart starts
 * empty. The binary comes with the embedded-redis artifact (7.0.15).
 *
 * <p>Not thread-safe.
 */
public final class RedisServer implements AutoCloseable {
    private static final Duration START_WAIT = Duration.ofSeconds(30);

    private final int port;
    private final List<String> options;
    private Process process;

    private RedisServer(int port, List<String> options, Process process) {
        this.port = port;
        this.options = options;
        this.process = process;
    }

    /**
     * Starts a server on a free port.
     *
     * @param options further command-line options, for example {@code "--maxmemory", "64mb"}
     */
    public static RedisServer start(String... options) {
        int port = FreePort.find();
        List<String> copy = List.of(options);
        return new RedisServer(port, copy, launch(port, copy));
    }

    /** Its address, for example {@code redis://127.0.0.1:40123}. */
    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    /** Its port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Ends the server at once (SIGKILL): nothing is saved. */
    public void kill9() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** Starts it again on the same port, empty. It must have been killed. */
    public void restart() {
        if (process.isAlive()) {
            throw new IllegalStateException("Redis on port " + port + " still runs");
        }
        process = launch(port, options);
    }

    @Override
    public void close() {
        kill9();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("Redis on port " + port + " did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Process launch(int port, List<String> options) {
        try {
            File binary = RedisExecProvider.defaultProvider().get();
            List<String> command = new ArrayList<>(List.of(
                    binary.getAbsolutePath(), "--port", Integer.toString(port), "--bind", "127.0.0.1", "--save", ""));
            command.addAll(options);
            Process process = new ProcessBuilder(command)
                    .directory(binary.getParentFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            awaitPong(port, process);
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot start Redis on port " + port, e);
        }
    }

    private static void awaitPong(int port, Process process) {
        long giveUp = System.nanoTime() + START_WAIT.toNanos();
        while (!answers(port)) {
            if (!process.isAlive() || System.nanoTime() - giveUp > 0) {
                process.destroyForcibly();
                throw new IllegalStateException("Redis on port " + port + " did not come up within " + START_WAIT
                        + (process.isAlive() ? "" : "; its process ended"));
            }
            try {
                process.waitFor(20, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("Interrupted while starting Redis", e);
            }
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(1000);
            OutputStream out = socket.getOutputStream();
            out.write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(5), StandardCharsets.US_ASCII).equals("+PONG");
        } catch (IOException e) {
            return false;
        }
    }
}
