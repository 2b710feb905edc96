package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The wall clock of server processes, which can be set while they run; that of the machine, and their monotonic clocks,
 * stay as they are. It works for programs that ask the C library for the time: not for a statically linked one, nor for
 * one in Go.
 *
 * <p>It needs libfaketime (package faketime on Debian). Thread-safe. To be closed after its servers.
 */
public final class FakedClock implements AutoCloseable {
    private static final Path LIBRARIES = Path.of("/usr/lib");
    private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

    private final Path directory = TemporaryDirectory.create("coordkit-clock-");
    private final Path offset = directory.resolve("offset");
    private final Path library;

    private FakedClock(Path library) {
        this.library = library;
        set(Duration.ZERO);
    }

    /**
     * A clock that is right.
     *
     * @throws IllegalStateException naming the package to install
     */
    public static FakedClock right() {
        try (Stream<Path> architectures = Files.list(LIBRARIES)) {
            return new FakedClock(architectures
                    .map(architecture -> architecture.resolve(LIBRARY))
                    .filter(Files::isReadable)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            LIBRARY + " is missing; install it, on Debian with: apt-get install faketime")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sets it so far before the machine's clock, or behind it if that is negative. */
    public void set(Duration ahead) {
        try {
            Path written = Files.writeString(directory.resolve("new"), "%+d\n".formatted(ahead.toSeconds()));
            Files.move(written, offset, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a process needs to go by it. */
    Map<String, String> environment() {
        return Map.of(
                // The C library after it: its malloc, for jemalloc asks for the time before it can be told.
                "LD_PRELOAD",
                library + ":" + cLibrary(),
                "FAKETIME_TIMESTAMP_FILE",
                offset.toString(),
                "FAKETIME_NO_CACHE",
                "1",
                "FAKETIME_DONT_FAKE_MONOTONIC",
                "1");
    }

    /** The one that this JVM runs on. */
    private static String cLibrary() {
        try (Stream<String> mapped = Files.lines(Path.of("/proc/self/maps"))) {
            return mapped.filter(line -> line.endsWith("/libc.so.6"))
                    .map(line -> line.substring(line.indexOf('/')))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("This JVM runs on no glibc"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        TemporaryDirectory.delete(directory);
    }
}
