package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.MariaDbServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("contract")
class SeveralProcessesTest {
    private static final int PROCESSES = 3;
    private static final int THREADS = 2;
    private static final int RANGES = 150;
    private static final int KILLS = 3;
    private static MariaDbServer server;

    @TempDir
    Path directory;

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void I11_rangesNeverOverlap_amongProcesses() throws Exception {
        String url = server.createDatabase("processes");
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(launch(url, directory.resolve("ranges" + i)));
        }
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            Path output = directory.resolve("ranges" + i);
            assertThat(processes.get(i).waitFor(120, TimeUnit.SECONDS)).isTrue();
            assertThat(processes.get(i).exitValue())
                    .as(Files.readString(output))
                    .isZero();
            try (Stream<String> lines = Files.lines(output)) {
                lines.map(SeveralProcessesTest::parse).forEach(ranges::add);
            }
        }

        assertThat(ranges).hasSize(PROCESSES * THREADS * RANGES);
        assertDisjoint(ranges);
        // Nothing failed, so nothing may be missing either.
        assertThat(ranges.stream().mapToLong(IdRange::to).max()).hasValue(1 + 7L * ranges.size());
    }

    @Test
    void I11_rangesNeverOverlap_thoughTheDatabaseIsKilled() throws Exception {
        String url = server.createDatabase("kills");
        ConcurrentLinkedQueue<IdRange> ranges = new ConcurrentLinkedQueue<>();
        AtomicBoolean done = new AtomicBoolean();
        try (RangeAllocator allocator =
                SqlRangeAllocator.connect(url, new Properties(), SqlRangeOptions.DEFAULTS.withStep(3))) {
            List<CompletableFuture<Void>> threads = Stream.generate(() -> CompletableFuture.runAsync(() -> {
                        while (!done.get()) {
                            try {
                                ranges.add(allocator.allocate("order"));
                            } catch (IdUnavailableException down) {
                                Thread.onSpinWait();
                            }
                        }
                    }))
                    .limit(4)
                    .toList();
            for (int kill = 1; kill <= KILLS; kill++) {
                awaitSize(ranges, ranges.size() + 40);
                server.kill9();
                server.restart();
            }
            awaitSize(ranges, ranges.size() + 40);
            done.set(true);
            for (CompletableFuture<Void> thread : threads) {
                thread.get(120, TimeUnit.SECONDS);
            }
        }

        assertDisjoint(List.copyOf(ranges));
    }

    private static Process launch(String url, Path output) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        RangeWriter.class.getName(),
                        url,
                        "order",
                        Integer.toString(RANGES),
                        Integer.toString(THREADS))
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static IdRange parse(String line) {
        int blank = line.indexOf(' ');
        return new IdRange(Long.parseLong(line.substring(0, blank)), Long.parseLong(line.substring(blank + 1)));
    }

    private static void awaitSize(ConcurrentLinkedQueue<IdRange> ranges, int size) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(120);
        while (ranges.size() < size) {
            TooLate.check(giveUp, "%d of %d ranges", ranges.size(), size);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static void assertDisjoint(List<IdRange> ranges) {
        List<IdRange> sorted =
                ranges.stream().sorted(Comparator.comparingLong(IdRange::from)).toList();
        for (int i = 1; i < sorted.size(); i++) {
            assertThat(sorted.get(i).from())
                    .as("%s after %s", sorted.get(i), sorted.get(i - 1))
                    .isGreaterThanOrEqualTo(sorted.get(i - 1).to());
        }
    }
}
