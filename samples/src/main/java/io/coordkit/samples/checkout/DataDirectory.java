package io.coordkit.samples.checkout;

import io.coordkit.samples.service.StartupException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the embedded services keep their databases, logs and process ids. One checkout uses it at a time, which a file
 * lock ensures that ends with the process, however it ends. Not thread-safe.
 */
final class DataDirectory implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DataDirectory.class);
    private static final String PREFIX = "coordkit-checkout-";
    private static final String LOCK = "checkout.lock";
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private final Path path;
    private final FileChannel lock;
    private boolean removed;

    private DataDirectory(Path path, FileChannel lock, boolean removed) {
        this.path = path;
        this.lock = lock;
        this.removed = removed;
    }

    /**
     * That directory, created if it is not there.
     *
     * @throws StartupException if it cannot be used, or another checkout uses it
     */
    static DataDirectory kept(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory.toAbsolutePath());
            }
            Path path = directory.toRealPath();
            return new DataDirectory(path, locked(path).orElseThrow(() -> inUse(path)), false);
        } catch (IOException e) {
            throw new StartupException("data directory " + directory + " cannot be used: " + e, e);
        }
    }

    /** A fresh directory that is removed in the end; those that killed runs left behind are removed now. */
    static DataDirectory temporary(InstantSource clock) {
        try {
            Path path = Files.createTempDirectory(PREFIX).toRealPath();
            DataDirectory fresh = new DataDirectory(path, locked(path).orElseThrow(() -> inUse(path)), true);
            sweep(path, clock);
            return fresh;
        } catch (IOException e) {
            throw new StartupException("no temporary directory can be made: " + e, e);
        }
    }

    private static StartupException inUse(Path path) {
        return new StartupException("data directory " + path + " is in use by another checkout");
    }

    private static Optional<FileChannel> locked(Path directory) throws IOException {
        FileChannel channel =
                FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.tryLock();
        if (held == null) {
            channel.close();
            return Optional.empty();
        }
        return Optional.of(channel);
    }

    private static void sweep(Path own, InstantSource clock) throws IOException {
        try (DirectoryStream<Path> siblings = Files.newDirectoryStream(own.resolveSibling(""), PREFIX + "*")) {
            for (Path sibling : siblings) {
                if (!sibling.equals(own)) {
                    removeIfOrphaned(sibling, clock);
                }
            }
        }
    }

    private static void removeIfOrphaned(Path directory, InstantSource clock) {
        try {
            // One that young may belong to a checkout that is just about to lock it.
            Instant made = Files.getLastModifiedTime(directory.resolve(LOCK)).toInstant();
            if (made.isAfter(clock.instant().minus(SETTLED))) {
                return;
            }
            Optional<FileChannel> orphaned = locked(directory);
            if (orphaned.isPresent()) {
                try (DataDirectory old = new DataDirectory(directory, orphaned.get(), true)) {
                    old.endOrphans();
                }
            }
        } catch (IOException e) {
            log.debug("{} is left alone", directory, e);
        }
    }

    /** Ends the processes that a killed checkout left behind here, Redis too. */
    void endOrphans() {
        pidFile(EmbeddedServices.ORDER).endProcess();
        pidFile(EmbeddedServices.INVENTORY).endProcess();
        EmbeddedLocks.processNames().forEach(name -> pidFile(name).endProcess());
    }

    Path path() {
        return path;
    }

    PidFile pidFile(String name) {
        return new PidFile(path.resolve(name + ".pid"), path);
    }

    /** Leaves the directory where it is, for it is worth looking into. */
    void keep() {
        removed = false;
        try {
            // Without it, no later run takes the directory for one that was left behind.
            Files.deleteIfExists(path.resolve(LOCK));
        } catch (IOException e) {
            log.warn("{} may be removed by a later run", path, e);
        }
    }

    @Override
    public void close() {
        try (lock) {
            if (removed) {
                try (Stream<Path> files = Files.walk(path)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                        Files.deleteIfExists(file);
                    }
                }
            }
        } catch (IOException e) {
            log.warn("Could not clean up {}", path, e);
        }
    }
}
