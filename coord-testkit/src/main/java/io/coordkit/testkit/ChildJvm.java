package io.coordkit.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A Java process of one's own, with this one's class path, to be stopped and killed. Its errors appear among this
 * process's. It starts quickly and is small.
 *
 * <p>Not thread-safe. It ends in {@link #close()}.
 */
public final class ChildJvm implements AutoCloseable {
    private static final List<String> QUICK =
            List.of("-Xshare:auto", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx96m");

    private final Process process;

    private ChildJvm(Process process) {
        this.process = process;
    }

    /** Starts a main class whose output goes to that file. */
    public static ChildJvm start(Class<?> main, Path output, String... arguments) {
        return start(builder(main, QUICK, arguments).redirectOutput(output.toFile()));
    }

    /** Starts a main class that does much, and whose output is read from {@link #output()}. */
    public static ChildJvm startPiped(Class<?> main, String... arguments) {
        return start(builder(main, List.of("-Xmx256m"), arguments));
    }

    private static ChildJvm start(ProcessBuilder builder) {
        try {
            return new ChildJvm(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessBuilder builder(Class<?> main, List<String> options, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    }

    /** What it prints, if it was started for that. */
    public InputStream output() {
        return process.getInputStream();
    }

    /** Has it read that line on its standard input. */
    public void tell(String line) {
        try {
            process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether it has not ended. */
    public boolean isAlive() {
        return process.isAlive();
    }

    /** Stops it in its tracks (SIGSTOP). */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    /** Kills it with a signal that it cannot handle, and sees it gone. */
    public void kill9() {
        process.destroyForcibly();
        waitFor(Duration.ofMinutes(1));
    }

    /** Its exit status, or nothing if it has not ended by then. */
    public OptionalInt waitFor(Duration atMost) {
        try {
            return process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)
                    ? OptionalInt.of(process.exitValue())
                    : OptionalInt.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalInt.empty();
        }
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("Could not send SIG" + name + " to " + process.pid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while sending SIG" + name, e);
        }
    }

    @Override
    public void close() {
        kill9();
    }
}
