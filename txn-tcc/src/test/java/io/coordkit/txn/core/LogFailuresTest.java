package io.coordkit.txn.core;

import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.BackendUnreachableException;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.SimulatedDisk.Remains;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.tcc.TccCoordinator;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A coordinator whose log fails: no decision is acknowledged that is not on disk, and it goes on without a restart.
 */
class LogFailuresTest {
    private static final long SEGMENT_BYTES = 700;
    private static final int TRANSACTIONS = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
    private final Set<String> cancelled = ConcurrentHashMap.newKeySet();

    /** What callers were told, by gid. */
    private final Map<String, Outcome<String>> told = new TreeMap<>();

    private TxnLog open(LogDisk disk) {
        return FileTxnLog.open("test", () -> disk, InstantSource.system(), SEGMENT_BYTES);
    }

    private Tcc coordinator(TxnLog log) {
        BranchEndpoint endpoint = call -> CompletableFuture.completedStage(answer(call));
        return TccCoordinator.builder()
                .log(log)
                .retry(RetrySchedule.DEFAULTS.withWaits(ofMillis(5), ofMillis(50)))
                .participant("left", endpoint)
                .participant("right", endpoint)
                .open();
    }

    private BranchReply answer(BranchCall call) {
        String branch = call.gid() + "/" + call.branch();
        if (call.operation() == Operation.CONFIRM) {
            confirmed.add(branch);
        } else if (call.operation() == Operation.CANCEL) {
            cancelled.add(branch);
        }
        return new BranchReply.Done();
    }

    private Outcome<String> run(Tcc tcc, String gid) throws InterruptedException {
        Outcome<String> outcome = tcc.begin(gid).timeout(Duration.ofMinutes(1)).run(tx -> {
            tx.enlist("left", new byte[10]);
            return tx.enlist("right", new byte[10]);
        });
        told.put(gid, outcome);
        return outcome;
    }

    private static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(end, what);
            LockSupport.parkNanos(ofMillis(1).toNanos());
        }
    }

    private static void awaitFinished(Tcc tcc, String gid) {
        await(
                gid + " is finished",
                () -> tcc.outcome(gid)
                        .map(status -> status.state().isFinished())
                        .orElse(false));
    }

    /** What was acknowledged is on the disk that is left, and no branch was told otherwise. */
    private void assertOnDisk(LogDisk left) {
        try (TxnLog log = open(left)) {
            told.forEach((gid, outcome) -> {
                Optional<TxnStatus> status = log.status(gid);
                if (outcome instanceof Outcome.Committed) {
                    assertThat(status.orElseThrow().state().isCommit()).as(gid).isTrue();
                }
            });
            for (String branch : confirmed) {
                String gid = branch.substring(0, branch.indexOf('/'));
                assertThat(log.status(gid).orElseThrow().state().isCommit())
                        .as(gid)
                        .isTrue();
            }
            assertThat(cancelled).doesNotContainAnyElementsOf(confirmed);
        }
    }

    @ParameterizedTest
    @EnumSource(DiskFault.class)
    void aWriteThatFailsOnce(DiskFault fault) throws Exception {
        for (int failing = 1, operations = failing; failing <= operations; failing++) {
            SimulatedDisk disk = new SimulatedDisk();
            disk.failAt(failing, fault);
            try (TxnLog log = openAgainIfRefused(disk);
                    Tcc tcc = coordinator(log)) {
                for (int i = 1; i <= TRANSACTIONS; i++) {
                    String gid = "f" + failing + "-" + i;
                    assertThat(run(tcc, gid)).as("operation %s", failing).isInstanceOf(Outcome.Committed.class);
                    awaitFinished(tcc, gid);
                }
                operations = disk.operations();
                assertOnDisk(disk.afterPowerLoss(Remains.NOTHING));
            }
            told.clear();
            confirmed.clear();
        }
    }

    private TxnLog openAgainIfRefused(SimulatedDisk disk) {
        try {
            return open(disk);
        } catch (BackendUnreachableException e) {
            return open(disk);
        }
    }

    @Test
    void aFullDisk() throws Exception {
        SimulatedDisk disk = new SimulatedDisk();
        try (TxnLog log = open(disk);
                Tcc tcc = coordinator(log)) {
            assertThat(run(tcc, "before")).isInstanceOf(Outcome.Committed.class);
            awaitFinished(tcc, "before");
            disk.capacity(0);
            for (int i = 1; i <= TRANSACTIONS; i++) {
                assertThat(run(tcc, "full-" + i)).isInstanceOf(Outcome.Unknown.class);
            }
            assertThat(Stream.concat(confirmed.stream(), cancelled.stream()))
                    .as("nobody is told of what is not on disk")
                    .noneMatch(branch -> branch.startsWith("full"));
            assertOnDisk(disk.afterPowerLoss(Remains.EVERYTHING));
            disk.capacity(Long.MAX_VALUE);
            for (int i = 1; i <= TRANSACTIONS; i++) {
                awaitFinished(tcc, "full-" + i);
            }
            assertThat(run(tcc, "after")).isInstanceOf(Outcome.Committed.class);
            awaitFinished(tcc, "after");
            assertOnDisk(disk.afterPowerLoss(Remains.NOTHING));
        }
    }

    @Test
    void anInterruptAtEachWrite_ofTheCallerAndOfTheLogsOwnThread(@TempDir Path directory) throws Exception {
        for (int at = 1, operations = at; at <= operations; at++) {
            Path home = directory.resolve("log-" + at);
            InterruptingDisk disk = new InterruptingDisk(DirectoryDisk.take(home), at, Thread.currentThread());
            try (TxnLog log = open(disk);
                    Tcc tcc = coordinator(log)) {
                int committed = 0;
                for (int i = 1; i <= TRANSACTIONS; i++) {
                    String gid = "i" + at + "-" + i;
                    committed += isCommitted(tcc, gid) ? 1 : 0;
                    awaitFinished(tcc, gid);
                    boolean unusedFlag = Thread.interrupted();
                }
                assertThat(committed)
                        .as("all but the one whose tries were interrupted at operation %s", at)
                        .isGreaterThanOrEqualTo(TRANSACTIONS - 1);
                operations = disk.operations();
            }
            boolean unusedLate = Thread.interrupted();
            assertOnDisk(DirectoryDisk.take(home));
            told.clear();
            confirmed.clear();
            cancelled.clear();
        }
    }

    private boolean isCommitted(Tcc tcc, String gid) {
        try {
            return run(tcc, gid) instanceof Outcome.Committed;
        } catch (InterruptedException e) {
            assertThat(tcc.outcome(gid).orElseThrow().state().isCommit()).isFalse();
            return false;
        }
    }
}
