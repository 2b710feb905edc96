package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.segment.GeneratorProcess.Orders;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.server.MariaDbServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every id is checked, whatever process issued it. */
class IdsAmongProcessesTest {
    private static final int PROCESSES = 4;
    private static final int THREADS = 8;
    private static final int KILL_STEP = 100;
    private static final int LANES = 5;
    private static MariaDbServer server;

    @TempDir
    Path directory;

    private final List<Process> started = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @AfterEach
    void killAll() {
        started.forEach(Process::destroyForcibly);
    }

    @ParameterizedTest
    @EnumSource(SegmentMode.class)
    void fiveMillionIds_ofFourProcesses_areAllDifferent(SegmentMode mode) throws Exception {
        issue(mode, 5_000_000, Duration.ofMinutes(2));
    }

    @Test
    @Tag("soak")
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void soak_billionIds_ofFourProcesses_areAllDifferent() throws Exception {
        long ids = Long.getLong("coordkit.soak.ids", 1_000_000_000);
        issue(SegmentMode.STRICT, ids / 2, Duration.ofHours(1));
        issue(SegmentMode.STRIPED, ids / 2, Duration.ofHours(1));
    }

    private void issue(SegmentMode mode, long ids, Duration limit) throws Exception {
        long each = ids / PROCESSES / THREADS;
        // What is reserved and never used, by all of them, is less than what is used.
        int step = (int) Math.max(1, ids / PROCESSES / (SegmentSupply.MAX_AHEAD + 4));
        Path file = directory.resolve(mode + ".bits");
        IdBitmap bitmap = IdBitmap.open(file, 2 * ids);
        String url = server.createDatabase("ids_" + mode + "_" + ids);
        long began = System.nanoTime();
        for (int i = 0; i < PROCESSES; i++) {
            started.add(new Orders(url, file, 2 * ids, mode, Duration.ofMinutes(1), step, THREADS, each).start());
        }
        for (Process process : started) {
            assertThat(process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS))
                    .as("ended in time")
                    .isTrue();
            assertThat(process.exitValue()).isZero();
        }
        started.clear();

        assertThat(bitmap.duplicates()).isZero();
        assertThat(bitmap.outOfBounds()).isZero();
        assertThat(bitmap.count()).isEqualTo(each * PROCESSES * THREADS);
        System.out.printf(
                "%,d ids of %d processes with %d threads, %s: all different, %,d ms%n",
                bitmap.count(), PROCESSES, THREADS, mode, (System.nanoTime() - began) / 1_000_000);
    }

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void killedGenerators_repeatNothing_andLoseNoMoreThanTheyHadReserved() throws Exception {
        kill(50);
    }

    @Test
    @Tag("soak")
    @Timeout(value = 2, unit = TimeUnit.HOURS)
    void soak_killedGenerators_repeatNothing_andLoseNoMoreThanTheyHadReserved() throws Exception {
        kill(Integer.getInteger("coordkit.soak.kills", 1_000));
    }

    /** On an H2 of this process, whose driver is the quickest to start. */
    private void kill(int kills) throws Exception {
        Server database =
                Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
        try {
            String url = "jdbc:h2:tcp://127.0.0.1:" + database.getPort() + "/mem:kills" + kills
                    + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";
            kill(kills, url);
        } finally {
            database.stop();
        }
    }

    private void kill(int kills, String url) throws Exception {
        Path file = directory.resolve("kills.bits");
        long bits = 1L << 28;
        IdBitmap bitmap = IdBitmap.open(file, bits);
        Orders orders = new Orders(url, file, bits, SegmentMode.STRICT, Duration.ZERO, KILL_STEP, 2, Long.MAX_VALUE);
        Callable<Integer> lane = () -> {
            int done = 0;
            for (; done < kills / LANES; done++) {
                killUnderWay(orders.start());
            }
            return done;
        };
        long began = System.nanoTime();
        int killed = Crowd.run(Collections.nCopies(LANES, lane), Duration.ofHours(1)).stream()
                .mapToInt(Integer::intValue)
                .sum();

        long reserved = maxId(url);
        long lost = reserved - bitmap.count();
        assertThat(bitmap.duplicates()).isZero();
        assertThat(bitmap.outOfBounds()).isZero();
        // The range in use, the one that follows, and what two threads had received and not yet marked.
        assertThat(lost).isBetween(0L, killed * (2L * KILL_STEP + 2 * 100));
        System.out.printf(
                "%d kills: %,d ids, none twice, %,d lost, %,d ms%n",
                killed, bitmap.count(), lost, (System.nanoTime() - began) / 1_000_000);
    }

    private static void killUnderWay(Process process) throws IOException, InterruptedException {
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).isEqualTo("under way");
            // At any point of its work.
            assertThat(process.waitFor(ThreadLocalRandom.current().nextInt(30), TimeUnit.MILLISECONDS))
                    .isFalse();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    }

    private static long maxId(String url) throws SQLException, IOException {
        try (Connection connection = DriverManager.getConnection(url);
                ResultSet row = connection.createStatement().executeQuery("SELECT max_id FROM id_generator")) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }
}
