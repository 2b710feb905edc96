package io.coordkit.samples.checkout;

import io.coordkit.samples.service.Secret;
import io.coordkit.samples.service.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of our services as a process of its own. It ends when its standard input does, so that it does not outlive this
 * process by more than a moment. Not thread-safe.
 */
final class ServiceProcess implements AutoCloseable {
    private static final Pattern LISTENING = Pattern.compile("(?m)^listening on 127\\.0\\.0\\.1:([0-9]+)$");
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final long GRACE_SECONDS = 20;

    private final PidFile pidFile;
    private final Process process;
    private final int port;

    private ServiceProcess(PidFile pidFile, Process process, int port) {
        this.pidFile = pidFile;
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it and waits until it listens. Its log goes to {@code NAME.log} in the directory.
     *
     * @param secret by which the services know each other
     * @throws StartupException with its own words, if it refuses to start
     */
    static ServiceProcess start(String name, Class<?> main, DataDirectory data, String secret, List<String> arguments)
            throws InterruptedException {
        PidFile pidFile = data.pidFile(name);
        pidFile.endProcess();
        Path log = data.path().resolve(name + ".log");
        Path errors = data.path().resolve(name + ".err");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx384m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                // By which its pid file knows it again.
                "-Dcoordkit.samples.data=" + data.path().resolve(name),
                main.getName()));
        command.addAll(arguments);
        command.add("--child");
        try {
            long before = Files.exists(log) ? Files.size(log) : 0;
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .redirectError(errors.toFile());
            // By environment, so that the command line stays short enough for the system to show all of it.
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            builder.environment().put(Secret.VARIABLE, secret);
            Process process = builder.start();
            pidFile.write(process.pid(), 0);
            int port = awaitListening(name, process, log, before, errors);
            pidFile.write(process.pid(), port);
            return new ServiceProcess(pidFile, process, port);
        } catch (IOException e) {
            throw new StartupException("the " + name + " service cannot be started: " + e, e);
        }
    }

    private static int awaitListening(String name, Process process, Path log, long before, Path errors)
            throws IOException, InterruptedException {
        Patience patience = new Patience(START_LIMIT, System::nanoTime);
        while (true) {
            boolean alive = process.isAlive();
            Optional<Integer> port = listeningPort(log, before);
            if (port.isPresent()) {
                return port.get();
            }
            if (!alive) {
                String why = Files.readString(errors).strip();
                throw new StartupException(
                        why.isEmpty() ? name + " ended with exit code " + process.exitValue() + "; see " + log : why);
            }
            if (patience.isOver()) {
                process.destroyForcibly();
                throw new StartupException(name + " does not listen after " + START_LIMIT + "; see " + log);
            }
            patience.pause();
        }
    }

    private static Optional<Integer> listeningPort(Path log, long from) throws IOException {
        byte[] all = Files.readAllBytes(log);
        String text = new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
        Matcher matcher = LISTENING.matcher(text);
        return matcher.find() ? Optional.of(Integer.valueOf(matcher.group(1))) : Optional.empty();
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Kills it as {@code kill -9} does, and waits for its end. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() {
        try {
            process.getOutputStream().close();
            if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
                kill();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        pidFile.delete();
    }
}
