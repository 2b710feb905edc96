package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.Crowd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same with processes that halt at each moment of each kind of append, on real files: what the next process finds is
 * all or nothing, and as the dead one had answered.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class HaltMatrixTest {
    private static final int AT_ONCE = 3;

    @TempDir
    private Path directory = Path.of("unset");

    @Test
    void whereverTheProcessHalts_itIsAllOrNothing() throws Exception {
        List<CrashPoint> points = CrashPoint.all().stream()
                .filter(point -> point.what().startsWith("append"))
                .toList();
        List<Callable<CrashPoint>> runs = points.stream()
                .map(point -> (Callable<CrashPoint>) () -> {
                    halt(point, directory.resolve(point.what() + " " + point.moment()));
                    return point;
                })
                .toList();
        int done = Crowd.share(runs, AT_ONCE, Duration.ofMinutes(8)).size();
        System.out.printf("Halted at %d points of the log's appends%n", done);
        assertThat(done).isEqualTo(points.size()).isPositive();
    }

    private static Scenario scenario(CrashPoint point) {
        for (Scenario scenario : Scenario.values()) {
            if (CrashMatrixTest.passed(scenario, HaltingProcess.BRANCHES)
                    .containsKey(SimulatedProcess.key(point.what(), point.moment()))) {
                return scenario;
            }
        }
        throw new AssertionError("no scenario passes " + point);
    }

    private static void halt(CrashPoint point, Path home) throws IOException {
        Files.createDirectories(home);
        Path output = home.resolve("output");
        try (ChildJvm child = ChildJvm.start(
                HaltingProcess.class,
                output,
                home.toString(),
                scenario(point).name(),
                point.what(),
                point.moment().name())) {
            assertThat(child.waitFor(Duration.ofMinutes(2)))
                    .as("%s: its exit", point)
                    .isEqualTo(OptionalInt.of(HaltingProcess.HALTED));
        }
        String answered = Files.readString(output).strip();
        try (SimulatedCluster cluster = HaltingProcess.cluster(home, point, 0, () -> {})) {
            cluster.recover();
            if (answered.equals("Committed") || answered.equals("Aborted")) {
                assertThat(cluster.isCommitted())
                        .as("%s: answered %s", point, answered)
                        .isEqualTo(answered.equals("Committed"));
            }
        }
    }
}
