package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How often a committed transaction forces something to disk, as the operating system counts it. With several threads it
 * depends on the machine, so that is printed; that they share their forces at all is the business of GroupCommitTest.
 */
@Tag("soak") // not every machine lets processes be traced
class ForcedWritesTest {
    private static final int TRANSACTIONS = 1_000;
    /** Whether a log that is closed has an unforced end to force. */
    private static final double MARGIN = 1.0 / TRANSACTIONS;

    private static final String REASON =
            "SKIPPED: forced writes are counted by strace, which is not installed or may not"
                    + " trace here; on Debian: apt-get install strace";

    @TempDir
    private Path directory = Path.of("unset");

    private static boolean canTrace() throws InterruptedException {
        try {
            return new ProcessBuilder("strace", "-f", "-o", "/dev/null", "-e", "trace=fsync", "true")
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private long forces(int threads, int transactions) throws Exception {
        Path trace = directory.resolve("trace-" + threads + "-" + transactions);
        List<String> command = new ArrayList<>(List.of(
                "strace", "-f", "-qq", "-o", trace.toString(), "-e", "trace=fsync,fdatasync,sync_file_range,msync"));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                ForcedWritesProcess.class.getName(),
                directory.resolve("log-" + threads + "-" + transactions).toString(),
                Integer.toString(threads),
                Integer.toString(transactions)));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        try {
            assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).isZero();
        } finally {
            process.destroyForcibly();
        }
        try (Stream<String> calls = Files.lines(trace)) {
            return calls.filter(call -> call.contains("sync(")).count();
        }
    }

    @BeforeEach
    void requireTracing() throws InterruptedException {
        if (!canTrace()) {
            System.out.println(REASON);
            Assumptions.abort(REASON);
        }
    }

    @Test
    void aCommittedTransaction_forcesOneWriteAtMost() throws Exception {
        for (int threads : new int[] {1, 16}) {
            // The first one's process forces what every process does: to begin its log and to end it.
            double each = (double) (forces(threads, TRANSACTIONS + 1) - forces(threads, 1)) / TRANSACTIONS;
            System.out.printf(
                    Locale.ROOT, "Forced writes for a committed transaction, %d threads: %.2f%n", threads, each);
            assertThat(each).isPositive().isLessThanOrEqualTo(1.0 + MARGIN);
        }
    }

    /** What a caller does for each transaction, by its number. */
    @FunctionalInterface
    private interface Piece {
        void run(int number) throws Exception;
    }

    /** How often a server forces something for each piece of work. */
    private double forcesOf(long pid, Piece piece) throws Exception {
        piece.run(0);
        Path trace = directory.resolve("trace-" + UUID.randomUUID());
        Process strace = new ProcessBuilder(
                        "strace", "-f", "-p", Long.toString(pid), "-o", trace.toString(), "-e", "trace=fsync,fdatasync")
                .redirectErrorStream(true)
                .start();
        try {
            // It says so for the first thread when it is attached to all.
            assertThat(strace.inputReader().readLine()).contains("attached");
            for (int i = 1; i <= TRANSACTIONS; i++) {
                piece.run(i);
            }
        } finally {
            strace.destroy();
            strace.waitFor();
        }
        try (Stream<String> calls = Files.lines(trace)) {
            // One that was interrupted by another thread's is written in two lines.
            return (double) calls.filter(call -> call.contains("sync(")).count() / TRANSACTIONS;
        }
    }

    @Test
    void aDecisionInTheCallersTransaction_isForcedWithIt() throws Exception {
        BranchEndpoint willing = call -> CompletableFuture.completedStage(new BranchReply.Done());
        try (MariaDbServer server = MariaDbServer.start();
                HikariDataSource pool = BankProcess.pool(server.createDatabase("shop"), BankProcess.PATIENCE);
                Handle shop = Jdbi.open(pool)) {
            shop.execute("CREATE TABLE orders (id VARCHAR(64) PRIMARY KEY)");
            Path pidFile =
                    Path.of(shop.select("SELECT @@pid_file").mapTo(String.class).one());
            long pid = Long.parseLong(Files.readString(pidFile).strip());
            try (Tcc tcc = TccCoordinator.builder()
                    .log(SqlTxnLog.using(pool))
                    .participant("willing", willing)
                    .open()) {
                double alone = forcesOf(pid, i -> shop.execute("INSERT INTO orders VALUES (?)", "alone-" + i));
                double together = forcesOf(
                        pid,
                        i -> assertThat(tcc.begin("together-" + i)
                                        .run(tx -> tx.enlist("willing", new byte[100]), (connection, value) -> {
                                            try (Statement insert = connection.createStatement()) {
                                                insert.execute("INSERT INTO orders VALUES ('together-" + i + "')");
                                            }
                                        }))
                                .isInstanceOf(Outcome.Committed.class));
                double apart = forcesOf(pid, i -> {
                    shop.execute("INSERT INTO orders VALUES (?)", "apart-" + i);
                    assertThat(tcc.begin("apart-" + i).run(tx -> tx.enlist("willing", new byte[100])))
                            .isInstanceOf(Outcome.Committed.class);
                });
                System.out.printf(
                        Locale.ROOT,
                        "Forced writes of MariaDB for an order: %.2f alone, %.2f with the decision, %.2f with the"
                                + " decision apart%n",
                        alone,
                        together,
                        apart);
                assertThat(together).isLessThan((alone + apart) / 2);
            }
        }
    }
}
