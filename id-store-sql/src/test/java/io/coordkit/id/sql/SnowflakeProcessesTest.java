package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.id.snowflake.SnowflakeOptions;
import io.coordkit.id.spi.WorkerRecords.Entry;
import io.coordkit.observe.CoordObserver;
import io.coordkit.sql.SqlDialect;
import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.MariaDbServer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Snowflake generators in processes of their own, stopped and killed, on a real database. Every id is checked. */
class SnowflakeProcessesTest {
    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int AT_ONCE = 3;
    private static final int SOME_BYTES = 4_096;
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

    private static WorkerTable table(String url) {
        return new WorkerTable(Jdbi.create(url), SqlDialect.MYSQL);
    }

    @Test
    void generatorStoppedPastItsLease_repeatsNothing_andIsToldSo() throws Exception {
        String url = server.createDatabase("zombie");
        SqlWorkerLeases.connect(url, new Properties()).close();
        WorkerTable table = table(url);
        IdAudit audit = new IdAudit();
        Path output = directory.resolve("ids");
        try (ChildJvm child = writer(url, output);
                WorkerLeaseSource source = SqlWorkerLeases.connect(url, new Properties())) {
            await(() -> size(output) > SOME_BYTES, "ids of the child");
            child.pause();
            await(
                    () -> table.readAll("zombie", WINDOW).entries().stream().noneMatch(entry -> entry.taken()),
                    "the end of its lease");
            Entry given = table.readAll("zombie", WINDOW).entries().get(0);
            SnowflakeOptions options = SnowflakeOptions.DEFAULTS.withWindow(WINDOW);
            try (SnowflakeIds taker = SnowflakeIds.leased("zombie", source, options, CoordObserver.NONE)) {
                issue(taker, audit, 10_000);
                long resumed = System.nanoTime();
                child.resume();
                issue(taker, audit, 10_000);
                assertThat(child.waitFor(PATIENCE)).as("status of the child").hasValue(SnowflakeWriter.LOST);
                System.out.printf(
                        "A zombie was told after %d ms, of a window of %d%n",
                        (System.nanoTime() - resumed) / 1_000_000, WINDOW.toMillis());
                issue(taker, audit, 10_000);
            }
            IdAudit zombie = new IdAudit();
            readAll(zombie, List.of(output));
            assertThat(zombie.workers()).containsOnlyKeys(given.worker());
            assertThat(zombie.workers().values())
                    .as("no id of the zombie, however late, lies beyond what it had reserved")
                    .allSatisfy(worker -> assertThat(worker.latest())
                            .isBeforeOrEqualTo(given.record().reservedUntil()));
        }
        readAll(audit, List.of(output));
        assertThat(audit.workers()).as("the number was given away").hasSize(1);
        audit.assertWithin(table, "zombie");
    }

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void processesThatAreKilled_repeatNothing() throws Exception {
        killLoop("kills", Integer.getInteger("coordkit.ids.kills", 50));
    }

    @Test
    @Tag("soak")
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void processesThatAreKilled_repeatNothing_aThousandTimes() throws Exception {
        killLoop("manykills", Integer.getInteger("coordkit.soak.kills", 1_000));
    }

    private void killLoop(String name, int kills) throws Exception {
        String url = server.createDatabase(name);
        SqlWorkerLeases.connect(url, new Properties()).close();
        List<Path> outputs = new ArrayList<>();
        List<ChildJvm> running = new ArrayList<>();
        try {
            for (int i = 0; i < kills; i++) {
                while (running.size() < Math.min(AT_ONCE, kills - i)) {
                    Path output = directory.resolve("ids" + outputs.size());
                    outputs.add(output);
                    running.add(writer(url, output));
                }
                Path oldest = outputs.get(outputs.size() - running.size());
                await(() -> size(oldest) > SOME_BYTES, "ids of process " + i);
                running.remove(0).kill9();
            }
        } finally {
            running.forEach(ChildJvm::close);
        }
        IdAudit audit = new IdAudit();
        readAll(audit, outputs);
        audit.assertWithin(table(url), name);
        System.out.printf(
                "%d processes killed, %d ids of %d worker numbers, none twice%n",
                kills, audit.count(), audit.workers().size());
    }

    @Test
    void idsOfFourProcessesWithEightThreadsEach_areAllDifferent() throws Exception {
        manyIds("many", Long.getLong("coordkit.ids.many", 10_000_000));
    }

    @Test
    @Tag("soak")
    @Timeout(value = 4, unit = TimeUnit.HOURS)
    void idsOfFourProcessesWithEightThreadsEach_areAllDifferent_aThousandMillion() throws Exception {
        manyIds("verymany", Long.getLong("coordkit.soak.ids", 1_000_000_000));
    }

    private static void manyIds(String name, long count) throws Exception {
        int processes = 4;
        int batch = 1_000;
        String url = server.createDatabase(name);
        SqlWorkerLeases.connect(url, new Properties()).close();
        IdAudit audit = new IdAudit();
        long began = System.nanoTime();
        List<Callable<Integer>> readers = Stream.generate(() -> (Callable<Integer>) () -> {
                    try (ChildJvm child = ChildJvm.startPiped(
                            SnowflakeWriter.class,
                            url,
                            name,
                            "5000",
                            Long.toString(count / processes),
                            "8",
                            Integer.toString(batch))) {
                        audit.read(child.output());
                        return child.waitFor(PATIENCE).orElse(-1);
                    }
                })
                .limit(processes)
                .toList();

        assertThat(Crowd.run(readers, Duration.ofHours(1)))
                .as("status of each process")
                .containsOnly(0);
        assertThat(audit.count()).isEqualTo(count);
        // A process that was done early has given its number back, and one that started late may have it.
        assertThat(audit.workers()).hasSizeBetween(1, processes);
        audit.assertWithin(table(url), name);
        System.out.printf(
                "%d ids of %d processes, none twice, in %d ms%n",
                count, processes, (System.nanoTime() - began) / 1_000_000);
    }

    private static ChildJvm writer(String url, Path output) {
        String tag = url.substring(url.lastIndexOf('/') + 1, url.indexOf('?'));
        return ChildJvm.start(
                SnowflakeWriter.class, output, url, tag, Long.toString(WINDOW.toMillis()), "0", "1", "64");
    }

    private static void issue(SnowflakeIds ids, IdAudit audit, int count) {
        for (int i = 0; i < count; i++) {
            audit.add(next(ids));
        }
    }

    /** In the end, though a renewal is late on this machine; but not when the lease is lost. */
    private static long next(SnowflakeIds ids) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return ids.next();
            } catch (WorkerLeaseLostException e) {
                throw e;
            } catch (IdUnavailableException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    private static void readAll(IdAudit audit, List<Path> outputs) throws IOException {
        for (Path output : outputs) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(output))) {
                audit.read(in);
            }
        }
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(giveUp, "time to wait for %s", what);
            Thread.sleep(5);
        }
    }
}
