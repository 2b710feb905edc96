package io.coordkit.testkit.server;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server that is a process of this machine, with a directory of its own that goes away with it. */
abstract class ProcessServer implements TestServer {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final ServerProgram program;
    private final int port;
    private final List<String> command;
    private final Map<String, String> environment;
    private final Path directory;
    private final Thread atExit = new Thread(this::close, "coordkit-server-exit");
    private ServerProcess process;
    private boolean closed;

    /** Begins the process; {@link #awaitReady} sees it ready. */
    ProcessServer(ServerProgram program, int port, List<String> command, Path directory) {
        this(program, port, command, Map.of(), directory);
    }

    /** The same, with something besides this JVM's own environment. */
    ProcessServer(
            ServerProgram program, int port, List<String> command, Map<String, String> environment, Path directory) {
        this.program = program;
        this.port = port;
        this.command = List.copyOf(command);
        this.environment = Map.copyOf(environment);
        this.directory = directory;
        this.process = ServerProcess.begin(command, environment, directory);
        Runtime.getRuntime().addShutdownHook(atExit);
        if (TOLD.add(program.name())) {
            System.out.println("Server: " + program.name() + " " + version() + " from " + origin());
        }
    }

    /** Whether it serves; asked while its process runs. */
    abstract boolean isReady();

    /** Makes its data those of a new server, while it is down. */
    abstract void erase();

    Path directory() {
        return directory;
    }

    /** Returns once it serves; it is closed if it does not come up. */
    final synchronized void awaitReady() {
        try {
            process.await(this::isReady, "port " + port, START_TIMEOUT);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public final String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public final int port() {
        return port;
    }

    @Override
    public final String version() {
        return program.version();
    }

    @Override
    public final String origin() {
        return program.origin();
    }

    @Override
    public final synchronized void kill9() {
        process.kill();
    }

    @Override
    public final synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        process.kill();
        process = ServerProcess.begin(command, environment, directory);
        awaitReady();
    }

    @Override
    public final synchronized void restartEmpty() {
        process.kill();
        erase();
        restart();
    }

    @Override
    public final synchronized void pause() {
        process.pause();
    }

    @Override
    public final synchronized void resume() {
        process.resume();
    }

    @Override
    public final synchronized void close() {
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

    /** For example {@code etcd at 127.0.0.1:12345}. */
    @Override
    public final String toString() {
        return program.name() + " at " + address();
    }
}
