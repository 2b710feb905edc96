package io.coordkit.testkit.server;

import io.coordkit.testkit.Conformance;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A server in whatever hosts it. */
abstract class HostedServer implements TestServer {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Set<String> TOLD = ConcurrentHashMap.newKeySet();

    private final ServerHost host;
    private final int port;
    private final ServerProgram program;
    private final Thread atExit = new Thread(this::close, "coordkit-server-exit");
    private volatile String version;
    private boolean closed;

    /** Takes over what was begun; {@link #awaitReady} sees it ready. */
    HostedServer(ServerHost host, int port) {
        this.host = host;
        this.port = port;
        this.program = host.program();
        this.version = program.version();
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /** The version by its own account; asked once it serves. */
    abstract String askVersion();

    /** Whether it serves; asked while it runs. */
    abstract boolean isReady();

    /** Returns once it serves; it is closed if it does not come up. */
    final synchronized void awaitReady() {
        try {
            host.await(this::isReady, "port " + port, START_TIMEOUT);
            if (version.isEmpty()) {
                version = askVersion();
            }
            tell();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private void tell() {
        String line = program.name() + " " + version + " from " + origin();
        if (TOLD.add(line)) {
            System.out.println("Server: " + line);
            Conformance.note("server", program.name(), version, origin());
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
        return version;
    }

    @Override
    public final String origin() {
        return program.origin();
    }

    @Override
    public final synchronized void kill9() {
        host.kill();
    }

    @Override
    public final synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        host.begin();
        awaitReady();
    }

    @Override
    public final synchronized void restartEmpty() {
        host.kill();
        host.erase();
        restart();
    }

    @Override
    public final synchronized void pause() {
        host.pause();
    }

    @Override
    public final synchronized void resume() {
        host.resume();
    }

    @Override
    public final synchronized void disconnect() {
        host.disconnect();
    }

    @Override
    public final synchronized void reconnect() {
        host.reconnect();
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
        host.kill();
        host.delete();
    }

    /** For example {@code etcd at 127.0.0.1:12345}. */
    @Override
    public final String toString() {
        return program.name() + " at " + address();
    }
}
