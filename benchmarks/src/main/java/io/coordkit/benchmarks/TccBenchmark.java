package io.coordkit.benchmarks;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.tcc.TccCoordinator;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * How long a caller waits for the answer of a transaction, on a log in files, when each participant is a round trip away.
 * One caller; the participants do nothing else. Beside it the least that this can take here: as many calls at a time, and
 * one forced write.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@State(Scope.Benchmark)
public class TccBenchmark {
    static final long ROUND_TRIP_MILLIS = 20;

    private static final String PARTICIPANT = "far";
    private static final int WRITTEN_BYTES = 150;
    private static final BranchCall CALL = new BranchCall(
            "floor",
            "1",
            PARTICIPANT,
            Operation.TRY,
            1,
            new TxnOrigin("default", "floor", 1, Instant.EPOCH),
            Payload.of(new byte[0]),
            "");

    /** How many participants' calls one transaction makes at a time. */
    @Param({"2", "4", "8"})
    public int branches;

    private Path directory;
    private TxnLog log;
    private Tcc tcc;
    private BranchEndpoint far;
    private RandomAccessFile floor;

    /** Opens a log in the directory for temporary files. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        directory = Files.createTempDirectory("coordkit-tcc");
        log = FileTxnLog.open(directory);
        Executor wire = CompletableFuture.delayedExecutor(ROUND_TRIP_MILLIS, TimeUnit.MILLISECONDS);
        floor = new RandomAccessFile(directory.resolve("floor").toFile(), "rw");
        far = call -> CompletableFuture.supplyAsync(BranchReply.Done::new, wire);
        tcc = TccCoordinator.builder().log(log).participant(PARTICIPANT, far).open();
    }

    /** Closes and removes it all. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        tcc.close();
        log.close();
        floor.close();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** From the beginning to the answer; confirms go on meanwhile. */
    @Benchmark
    public Outcome<Integer> answer() throws InterruptedException {
        Outcome<Integer> outcome = tcc.begin("bench-" + UUID.randomUUID()).run(tx -> {
            for (int i = 0; i < branches; i++) {
                tx.enlist(PARTICIPANT, new byte[100]);
            }
            return branches;
        });
        if (!(outcome instanceof Outcome.Committed)) {
            throw new IllegalStateException("Not committed: " + outcome);
        }
        return outcome;
    }

    /** The calls and the write alone. */
    @Benchmark
    public long floor() throws IOException {
        CompletableFuture<?>[] answers = new CompletableFuture<?>[branches];
        for (int i = 0; i < branches; i++) {
            answers[i] = far.call(CALL).toCompletableFuture();
        }
        CompletableFuture.allOf(answers).join();
        floor.write(new byte[WRITTEN_BYTES * branches]);
        floor.getFD().sync();
        return floor.length();
    }
}
