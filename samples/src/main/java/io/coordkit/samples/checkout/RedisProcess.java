package io.coordkit.samples.checkout;

import io.coordkit.samples.service.StartupException;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import redis.embedded.RedisExecProvider;

/**
 * The embedded Redis: a process of its own, on any free port of the loopback address, that keeps nothing on disk. One
 * that a killed run left behind is adopted if it still answers and is ours, and replaced otherwise. Not thread-safe.
 */
final class RedisProcess implements AutoCloseable {
    /** What the only one of a directory is called, in its files. */
    static final String NAME = "redis";

    private static final Duration START_LIMIT = Duration.ofSeconds(20);
    private static final int PORT_ATTEMPTS = 5;

    private final PidFile pidFile;
    private final ProcessHandle process;
    private final int port;
    private final boolean adopted;

    private RedisProcess(PidFile pidFile, ProcessHandle process, int port, boolean adopted) {
        this.pidFile = pidFile;
        this.process = process;
        this.port = port;
        this.adopted = adopted;
    }

    /**
     * The Redis of that directory.
     *
     * @throws StartupException if none can be started
     */
    static RedisProcess in(DataDirectory data) throws InterruptedException {
        return in(data, NAME);
    }

    /** One of several in that directory, by its name. */
    static RedisProcess in(DataDirectory data, String name) throws InterruptedException {
        PidFile pidFile = data.pidFile(name);
        Optional<PidFile.Entry> entry = pidFile.read();
        Optional<ProcessHandle> orphan = pidFile.process();
        if (entry.isPresent() && orphan.isPresent()) {
            int port = entry.get().port();
            if (RedisPing.processId(port).filter(id -> id == orphan.get().pid()).isPresent()) {
                return new RedisProcess(pidFile, orphan.get(), port, true);
            }
        }
        pidFile.endProcess();
        try {
            Path binary = binary(data.path());
            for (int attempt = 1; attempt <= PORT_ATTEMPTS; attempt++) {
                Optional<RedisProcess> started = start(binary, data.path(), name, pidFile);
                if (started.isPresent()) {
                    return started.get();
                }
            }
        } catch (IOException e) {
            throw new StartupException("the embedded Redis cannot be started: " + e, e);
        }
        throw new StartupException("the embedded Redis does not start; see " + logFile(data.path(), name)
                + ", or give a running one with --redis");
    }

    private static Path logFile(Path directory, String name) {
        return directory.resolve(name + ".log");
    }

    /** The bundled binary, unpacked here rather than in a temporary directory that a killed run would leave behind. */
    private static Path binary(Path directory) throws IOException {
        Path binary = directory.resolve("redis-server");
        if (!Files.isExecutable(binary)) {
            File unpacked = RedisExecProvider.defaultProvider().get();
            Path fresh = directory.resolve("redis-server.fresh");
            Files.copy(unpacked.toPath(), fresh, StandardCopyOption.REPLACE_EXISTING);
            if (!fresh.toFile().setExecutable(true)) {
                throw new IOException(fresh + " cannot be made executable");
            }
            Files.move(fresh, binary, StandardCopyOption.ATOMIC_MOVE);
            Files.deleteIfExists(unpacked.toPath());
        }
        return binary;
    }

    private static Optional<RedisProcess> start(Path binary, Path directory, String name, PidFile pidFile)
            throws IOException, InterruptedException {
        int port;
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = probe.getLocalPort();
        }
        // The command line must keep naming the directory, by which a later run knows the process as ours.
        Process process = new ProcessBuilder(
                        binary.toString(),
                        "--port",
                        Integer.toString(port),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no",
                        "--dir",
                        directory.toString(),
                        "--set-proc-title",
                        "no")
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        logFile(directory, name).toFile()))
                .start();
        pidFile.write(process.pid(), port);
        process.getOutputStream().close();
        Patience patience = new Patience(START_LIMIT, System::nanoTime);
        while (process.isAlive() && !patience.isOver()) {
            if (RedisPing.processId(port).filter(id -> id == process.pid()).isPresent()) {
                return Optional.of(new RedisProcess(pidFile, process.toHandle(), port, false));
            }
            patience.pause();
        }
        pidFile.endProcess();
        return Optional.empty();
    }

    String url() {
        return "redis://" + address();
    }

    /** Host and port. */
    String address() {
        return "127.0.0.1:" + port;
    }

    /** How it came, for the user. */
    String description() {
        return "Redis " + (adopted ? "adopted" : "started") + " on port " + port;
    }

    @Override
    public void close() {
        process.destroy();
        if (!PidFile.awaitEnd(process)) {
            process.destroyForcibly();
        }
        pidFile.delete();
    }
}
