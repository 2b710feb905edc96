package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
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

    @Test
    void aCommittedTransaction_forcesOneWriteAtMost() throws Exception {
        if (!canTrace()) {
            System.out.println(REASON);
            Assumptions.abort(REASON);
        }
        for (int threads : new int[] {1, 16}) {
            // The first one's process forces what every process does: to begin its log and to end it.
            double each = (double) (forces(threads, TRANSACTIONS + 1) - forces(threads, 1)) / TRANSACTIONS;
            System.out.printf(
                    Locale.ROOT, "Forced writes for a committed transaction, %d threads: %.2f%n", threads, each);
            assertThat(each).isPositive().isLessThanOrEqualTo(1.0 + MARGIN);
        }
    }
}
