package io.coordkit.samples.backend;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.h2.tools.Server;
import org.jspecify.annotations.Nullable;

/** An H2 server in a process of its own, with its database in a file. */
final class H2Process implements OwnStore {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

    private final Path directory;
    private final int port = FreePort.find();
    private @Nullable ChildJvm process;

    H2Process(Path directory) {
        this.directory = directory;
    }

    @Override
    public LockBackend open() {
        return new JdbcLockProvider()
                .open(URI.create("jdbc:h2:tcp://" + address() + "/./locks;WRITE_DELAY=0"), Settings.NONE);
    }

    @Override
    public String address() {
        return "127.0.0.1:" + port;
    }

    @Override
    public void stop() {
        if (process != null) {
            process.kill9();
        }
    }

    @Override
    public void start() {
        stop();
        process = ChildJvm.start(
                Server.class,
                logFile(),
                "-tcp",
                "-tcpPort",
                Integer.toString(port),
                "-ifNotExists",
                "-baseDir",
                directory.toString());
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (!isListening()) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("H2 does not come up at " + address());
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
        }
    }

    private Path logFile() {
        try {
            return Files.createTempFile(directory, "h2", ".out");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean isListening() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    @Override
    public void close() {
        stop();
    }
}
