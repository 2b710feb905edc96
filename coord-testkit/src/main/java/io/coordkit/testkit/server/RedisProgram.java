package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import redis.embedded.RedisExecProvider;

/**
 * The program: as a rule, that which comes with the embedded-redis artifact. Immutable.
 *
 * @param path where it is; what was unpacked is deleted with the JVM
 */
record RedisProgram(Path path, ServerProgram description) {
    private static final String ORIGIN = "the embedded-redis artifact";

    /** The one that all servers of this JVM run, unpacked when the first of them starts. */
    static RedisProgram shared() {
        return Shared.PROGRAM;
    }

    /**
     * The installed one, which is linked dynamically.
     *
     * @throws IllegalStateException naming the package to install
     */
    static RedisProgram installed() {
        Path path = Programs.find("redis-server", "redis-server");
        return new RedisProgram(
                path, ServerProgram.asking("Redis", "the program " + path, List.of(path.toString(), "--version")));
    }

    /**
     * Unpacks it once more.
     *
     * <p>What the artifact unpacks is written by this JVM. A program that another thread starts meanwhile inherits the
     * open file, for a moment, and so long the system refuses to run it ("Text file busy"). So what is run is a copy
     * that this JVM has never opened.
     */
    static RedisProgram unpack() {
        Path directory = TemporaryDirectory.create("coordkit-redis-program-");
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> TemporaryDirectory.delete(directory), "coordkit-program-exit"));
        Path copy = directory.resolve("redis-server");
        try {
            Path unpacked = RedisExecProvider.defaultProvider().get().toPath().toAbsolutePath();
            ServerProcess.run(List.of("cp", "-p", unpacked.toString(), copy.toString()), directory);
            Files.delete(unpacked);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new RedisProgram(copy, ServerProgram.asking("Redis", ORIGIN, List.of(copy.toString(), "--version")));
    }

    private static final class Shared {
        static final RedisProgram PROGRAM = unpack();
    }
}
