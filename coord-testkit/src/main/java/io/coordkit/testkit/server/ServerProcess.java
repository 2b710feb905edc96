package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One operating system process of a server. Not thread-safe. */
final class ServerProcess {
    private static final int LOG_TAIL = 2_000;
    private static final Duration POLL = Duration.ofMillis(20);

    private final Process process;
    private final String program;
    private final Path directory;

    private ServerProcess(Process process, String program, Path directory) {
        this.process = process;
        this.program = program;
        this.directory = directory;
    }

    /**
     * Starts a server, which need not be ready when this returns.
     *
     * @param environment besides this JVM's own
     */
    static ServerProcess begin(List<String> command, Map<String, String> environment, Path directory) {
        return new ServerProcess(startProcess(command, environment, log(directory)), command.get(0), directory);
    }

    /**
     * Returns once the server is ready.
     *
     * @throws IllegalStateException with the end of its log, if it exits or is not ready in time; it is killed then
     */
    void await(BooleanSupplier ready, String where, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        // The process is asked after the port: it may be a stranger who answers there.
        while (!(ready.getAsBoolean() && process.isAlive())) {
            if (!process.isAlive() || System.nanoTime() - deadline > 0 || !pause(process)) {
                kill();
                throw new IllegalStateException(program + " did not come up on " + where + ": " + tail(log(directory)));
            }
        }
    }

    /**
     * Runs a program to its end.
     *
     * @throws IllegalStateException with the end of its output, if it fails
     */
    static void run(List<String> command, Path directory) {
        Path log = log(directory);
        Process process = startProcess(command, Map.of(), log);
        try {
            int status = process.waitFor();
            if (status != 0) {
                throw new IllegalStateException(command.get(0) + " ended with " + status + ": " + tail(log));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while running " + command.get(0), e);
        }
    }

    /** Kills the process with a signal it cannot handle, and sees it gone. */
    void kill() {
        process.destroyForcibly();
        boolean interrupted = Thread.interrupted();
        while (process.isAlive()) {
            interrupted |= !pause(process);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the process in its tracks (SIGSTOP): its connections stay open, and nothing answers. */
    void pause() {
        signal("STOP");
    }

    /** Lets a paused process go on (SIGCONT). */
    void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        run(List.of("kill", "-" + name, Long.toString(process.pid())), directory);
    }

    private static Process startProcess(List<String> command, Map<String, String> environment, Path log) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().putAll(environment);
        try {
            return builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits a little, or until the process ends; false if interrupted. */
    private static boolean pause(Process process) {
        try {
            process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private static Path log(Path directory) {
        return directory.resolve("log");
    }

    private static String tail(Path log) {
        try {
            String text = Files.readString(log, StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - LOG_TAIL));
        } catch (IOException e) {
            return "no log: " + e;
        }
    }
}
