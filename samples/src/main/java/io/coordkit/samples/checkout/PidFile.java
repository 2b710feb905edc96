package io.coordkit.samples.checkout;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers a process and its port beyond the death of its parent: a file with the two numbers.
 *
 * @param file where
 * @param directory the data directory, which the command line of each of our processes names: so a process id that was
 *     given to somebody else meanwhile is told apart
 */
record PidFile(Path file, Path directory) {
    private static final Logger log = LoggerFactory.getLogger(PidFile.class);
    private static final long GRACE_SECONDS = 10;

    /** What the file says. */
    record Entry(long pid, int port) {}

    void write(long pid, int port) {
        try {
            Files.writeString(file, pid + " " + port + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Entry> read() {
        try {
            String text = Files.readString(file).strip();
            int space = text.indexOf(' ');
            return Optional.of(new Entry(
                    Long.parseLong(text.substring(0, Math.max(0, space))),
                    Integer.parseInt(text.substring(space + 1))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | NumberFormatException e) {
            log.warn("{} is not readable and is ignored", file, e);
            return Optional.empty();
        }
    }

    /** The process, if it lives and is ours. */
    Optional<ProcessHandle> process() {
        return read().flatMap(entry -> ProcessHandle.of(entry.pid()))
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .commandLine()
                        .filter(line -> line.contains(directory + File.separator))
                        .isPresent());
    }

    /** Kills the process if it lives and is ours, waits for its end, and forgets it. */
    void endProcess() {
        process().ifPresent(process -> {
            log.info("Ending process {}, which a killed run left behind ({})", process.pid(), file.getFileName());
            process.destroyForcibly();
            awaitEnd(process);
        });
        delete();
    }

    /** Waits for the end of a process that was told to end; returns whether it did in time. */
    static boolean awaitEnd(ProcessHandle process) {
        try {
            process.onExit().get(GRACE_SECONDS, TimeUnit.SECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException e) {
            log.warn("Process {} does not end", process.pid(), e);
            return false;
        }
    }

    void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
