package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.txn.MissedPoint;
import io.coordkit.txn.core.CrashPoint.Moment;
import io.coordkit.txn.core.CrashPoint.Victim;
import io.coordkit.txn.core.SimulatedCluster.LogStore;
import io.coordkit.txn.core.SimulatedDisk.Remains;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wherever somebody dies, in whatever happens to a transaction of one to three branches, it is all or nothing in the end,
 * nothing stays reserved, and what was answered holds. The log lies on a disk that forgets what was not forced.
 */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class CrashMatrixTest {
    private static final int MAX_BRANCHES = 3;
    private static final int AT_ONCE = 16;
    private static final int ATTEMPTS = 3;
    private static final CrashPoint NOWHERE = new CrashPoint("nothing", Moment.NOT_SENT, Victim.NOBODY);

    /** How often each scenario passes each point when nobody dies. */
    private static final Map<String, Map<String, Integer>> PASSED = new ConcurrentHashMap<>();

    static Stream<Arguments> plays() {
        return Stream.of(Scenario.values())
                .flatMap(scenario ->
                        IntStream.rangeClosed(1, MAX_BRANCHES).mapToObj(branches -> Arguments.of(scenario, branches)));
    }

    /** A log in files, on a disk in memory. */
    private static final class Files implements LogStore {
        private SimulatedDisk disk = new SimulatedDisk();

        @Override
        public TxnLog open(SimulatedProcess process) {
            LogDisk mortal = new CrashingDisk(disk, process::passes, () -> {});
            return FileTxnLog.open("memory", () -> mortal, InstantSource.system(), 1 << 20);
        }

        @Override
        public void crash(Moment moment) {
            disk = disk.afterPowerLoss(moment == Moment.TORN ? Remains.EVERYTHING : Remains.NOTHING);
        }
    }

    /** A log in the participants' database, which outlives them. */
    private record Tables(DataSource database) implements LogStore {
        @Override
        public TxnLog open(SimulatedProcess process) {
            return SqlTxnLog.using(database);
        }

        @Override
        public void crash(Moment moment) {}
    }

    private static String inMemory() {
        return "jdbc:h2:mem:" + UUID.randomUUID();
    }

    private static LogStore store(Scenario scenario, DataSource database) {
        return scenario == Scenario.WITH_WORK ? new Tables(database) : new Files();
    }

    /** How often a scenario passes each point when nobody dies. */
    static Map<String, Integer> passed(Scenario scenario, int branches) {
        return PASSED.computeIfAbsent(scenario + " " + branches, any -> unhurt(scenario, branches));
    }

    private static Map<String, Integer> unhurt(Scenario scenario, int branches) {
        try (SimulatedCluster cluster =
                new SimulatedCluster(NOWHERE, 0, inMemory(), database -> store(scenario, database), branches)) {
            cluster.openLog();
            scenario.play(cluster);
            cluster.recover();
            return cluster.process().passed();
        } catch (RuntimeException e) {
            throw new AssertionError(scenario + " with " + branches + " branches, where nobody dies", e);
        }
    }

    @Test
    void everyPointIsPassed_withEachNumberOfBranches() {
        for (int branches = 1; branches <= MAX_BRANCHES; branches++) {
            Set<String> passed = new HashSet<>();
            for (Scenario scenario : Scenario.values()) {
                passed.addAll(passed(scenario, branches).keySet());
            }
            assertThat(CrashPoint.all().stream()
                            .map(point -> SimulatedProcess.key(point.what(), point.moment()))
                            .filter(key -> !passed.contains(key))
                            .distinct())
                    .as("points that no scenario passes with %s branches: write one that does", branches)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("plays")
    void whereverSomebodyDies_itIsAllOrNothing(Scenario scenario, int branches) throws Exception {
        Map<String, Integer> passed = passed(scenario, branches);
        List<Callable<Duration>> runs = new ArrayList<>();
        for (CrashPoint point : CrashPoint.all()) {
            int times = passed.getOrDefault(SimulatedProcess.key(point.what(), point.moment()), 0);
            // Of the branches, the last; what comes again and again by itself, the first time.
            int occurrence = Math.min(times, point.what().startsWith("call") ? branches : 1);
            if (times > 0) {
                runs.add(() -> run(scenario, branches, point, occurrence));
            }
        }
        List<Duration> all = Crowd.share(runs, AT_ONCE, Duration.ofMinutes(10));
        assertThat(all).hasSameSizeAs(runs);
        System.out.printf(
                "Crash matrix: %s with %d branches, %d points, the slowest was over after %d ms%n",
                scenario,
                branches,
                all.size(),
                all.stream().max(Comparator.naturalOrder()).orElseThrow().toMillis());
    }

    private static Duration run(Scenario scenario, int branches, CrashPoint point, int occurrence) {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            try (SimulatedCluster cluster = new SimulatedCluster(
                    point, occurrence, inMemory(), database -> store(scenario, database), branches)) {
                try {
                    cluster.openLog();
                    scenario.play(cluster);
                } catch (SimulatedCluster.Died died) {
                    assertThat(cluster.process().isDead()).isTrue();
                }
                Duration took = cluster.recover();
                if (cluster.process().hasFired()) {
                    return took;
                }
            }
        }
        String key = SimulatedProcess.key(point.what(), point.moment());
        MissedPoint.allow(
                scenario + ", " + point, key, () -> unhurt(scenario, branches).keySet());
        return Duration.ZERO;
    }
}
