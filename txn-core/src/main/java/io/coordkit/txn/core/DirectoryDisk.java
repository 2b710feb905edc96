package io.coordkit.txn.core;

import io.coordkit.ConfigurationException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A directory that belongs to one log of one process, by a lock on a file in it that the operating system takes away when
 * the process ends, however it ends. Files are written through {@link RandomAccessFile}: an interrupt closes a
 * {@link FileChannel} that is being written, for everybody and for good.
 */
final class DirectoryDisk implements LogDisk {
    private static final String LOCK = "lock";

    /**
     * The directories this process has open. Such locks belong to the process: the second opener in it would set the
     * first one's lock free just by closing the file it had tried. So this has to be known to the whole process.
     */
    private static final Set<Path> OPEN = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final RandomAccessFile lockFile;

    private DirectoryDisk(Path directory, RandomAccessFile lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /**
     * Makes the directory unless it exists, and takes it.
     *
     * @throws ConfigurationException if this or another process has it
     * @throws IOException if it cannot be made or written to
     */
    static DirectoryDisk take(Path path) throws IOException {
        Files.createDirectories(path);
        Path directory = path.toRealPath();
        if (!OPEN.add(directory)) {
            throw inUse(directory, "this");
        }
        boolean taken = false;
        try {
            RandomAccessFile file = new RandomAccessFile(directory.resolve(LOCK).toFile(), "rw");
            try {
                FileLock lock = file.getChannel().tryLock();
                if (lock == null) {
                    throw inUse(directory, "another");
                }
                taken = true;
                return new DirectoryDisk(directory, file);
            } finally {
                if (!taken) {
                    file.close();
                }
            }
        } finally {
            if (!taken) {
                OPEN.remove(directory);
            }
        }
    }

    private static ConfigurationException inUse(Path directory, String whose) {
        return new ConfigurationException("The transaction log in " + directory + " is in use by " + whose
                + " process; a log in files has one user. Share a log in a database, or give each its own directory");
    }

    @Override
    public String place() {
        return directory.toString();
    }

    @Override
    public List<String> files() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(path -> path.getFileName().toString())
                    .filter(name -> !name.equals(LOCK))
                    .toList();
        }
    }

    @Override
    public byte[] read(String file) throws IOException {
        return Files.readAllBytes(directory.resolve(file));
    }

    @Override
    public Appender create(String file) throws IOException {
        Path path = Files.createFile(directory.resolve(file));
        RandomAccessFile opened = new RandomAccessFile(path.toFile(), "rw");
        return new Appender() {
            @Override
            public void write(byte[] bytes) throws IOException {
                opened.write(bytes);
            }

            @Override
            public void force() throws IOException {
                opened.getFD().sync();
            }

            @Override
            public void close() throws IOException {
                opened.close();
            }
        };
    }

    @Override
    public void delete(String file) throws IOException {
        Files.deleteIfExists(directory.resolve(file));
    }

    @Override
    public void forceNames() throws IOException {
        if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return; // a directory cannot be opened there
        }
        while (true) {
            try (FileChannel names = FileChannel.open(directory, StandardOpenOption.READ)) {
                names.force(true);
                return;
            } catch (ClosedByInterruptException e) {
                // Only a channel can force a directory, and this one is nobody else's. The log's thread is not to be
                // interrupted, so that means nothing, and is forgotten.
                Thread.interrupted();
            }
        }
    }

    @Override
    public void close() throws IOException {
        try {
            lockFile.close();
        } finally {
            OPEN.remove(directory);
        }
    }
}
