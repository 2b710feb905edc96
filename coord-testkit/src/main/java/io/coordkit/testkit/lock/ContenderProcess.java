package io.coordkit.testkit.lock;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Contender} in a JVM of its own, with the class path of this one. */
final class ContenderProcess implements AutoCloseable {
    private final Process process;
    private final Path log;

    private ContenderProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ContenderProcess start(Path log, String... arguments) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> command = new ArrayList<>(
                List.of(java, "-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", Contender.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        File output = log.toFile();
        try {
            return new ContenderProcess(
                    builder.redirectErrorStream(true).redirectOutput(output).start(), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** It shall keep the lock that it gets next. */
    void stay() {
        try {
            OutputStream input = process.getOutputStream();
            input.write('\n');
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(said(), e);
        }
    }

    /** As kill -9 does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Asks it to end, and returns its exit status; it is killed if it does not. */
    int end(Duration patience) throws InterruptedException {
        try {
            process.getOutputStream().close();
        } catch (IOException gone) {
            // It has ended already, which its status tells.
        }
        return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS) ? process.exitValue() : -1;
    }

    /** What it wrote to its output. */
    String said() {
        try {
            return "process " + pid() + " said: " + Files.readString(log);
        } catch (IOException e) {
            return "process " + pid() + " left no output: " + e;
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
