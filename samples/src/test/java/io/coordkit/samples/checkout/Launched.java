package io.coordkit.samples.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.samples.inventory.InventoryMain;
import io.coordkit.samples.order.OrderMain;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One of our programs as a process, as a user would start it. */
final class Launched implements AutoCloseable {
    static final Duration LIMIT = Duration.ofMinutes(4);
    static final Path PRODUCTS = Path.of("data", "products.csv").toAbsolutePath();

    private final Process process;
    private final Path out;
    private final Path err;

    private Launched(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    static Launched start(Class<?> main, Path directory, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Duser.language=tr",
                "-Duser.country=TR",
                "-Duser.timezone=Asia/Karachi",
                main.getName()));
        command.addAll(List.of(arguments));
        try {
            Path out = Files.createTempFile(directory, main.getSimpleName(), ".out");
            Path err = Files.createTempFile(directory, main.getSimpleName(), ".err");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
            return new Launched(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a checkout with the committed products. */
    static Launched checkout(Path directory, Path data, Path orders, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--products", PRODUCTS.toString(), "--data", data.toString(), "--orders", orders.toString()));
        arguments.addAll(List.of(more));
        return start(CheckoutMain.class, directory, arguments.toArray(String[]::new));
    }

    /** Starts inventory on its own, with the committed products and its database in that directory. */
    static Launched inventory(Path directory, RedisProcess redis) {
        return start(
                InventoryMain.class,
                directory,
                "--port",
                "0",
                "--db-file",
                directory.resolve("inventory").toString(),
                "--redis",
                redis.url(),
                "--products",
                PRODUCTS.toString());
    }

    /** Starts order on its own, with its database in that directory. */
    static Launched order(Path directory, RedisProcess redis, int inventoryPort) {
        return start(
                OrderMain.class,
                directory,
                "--port",
                "0",
                "--db-file",
                directory.resolve("order").toString(),
                "--redis",
                redis.url(),
                "--inventory",
                "127.0.0.1:" + inventoryPort);
    }

    int exit() throws InterruptedException {
        assertThat(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS))
                .as("ends; so far:%n%s%n%s", out(), err())
                .isTrue();
        return process.exitValue();
    }

    /** Ends with 0 and a balanced ledger; returns the output. */
    List<String> assertBalanced() throws InterruptedException {
        int exit = exit();
        List<String> lines = out();
        assertThat(exit).as("%s%n%s", String.join("\n", lines), err()).isZero();
        assertThat(lines.get(lines.size() - 1)).startsWith("Ledger balanced: ");
        return lines;
    }

    /** Ends with 2 and that one line, without a stack trace. */
    void assertRefused(String... words) throws InterruptedException {
        int exit = exit();
        assertThat(err()).as("standard error; exit %d; output %s", exit, out()).hasSize(1);
        assertThat(err().get(0)).contains(words);
        assertThat(out()).as("no stack trace").noneMatch(line -> line.startsWith("\tat "));
        assertThat(exit).isEqualTo(2);
    }

    List<String> out() {
        return lines(out);
    }

    List<String> err() {
        return lines(err);
    }

    static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for the port that a service says it listens on. */
    int port() throws InterruptedException {
        String words = "listening on 127.0.0.1:";
        await(() -> !process.isAlive() || out().stream().anyMatch(line -> line.startsWith(words)));
        return out().stream()
                .filter(line -> line.startsWith(words))
                .map(line -> Integer.parseInt(line.substring(words.length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no port; " + out() + err()));
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        Patience patience = new Patience(LIMIT, System::nanoTime);
        while (!condition.getAsBoolean()) {
            assertThat(patience.isOver()).as("waited for %s in vain", LIMIT).isFalse();
            patience.pause();
        }
    }

    /** Ends it as SIGTERM does, and waits. */
    void stop() throws InterruptedException {
        process.destroy();
        exit();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
