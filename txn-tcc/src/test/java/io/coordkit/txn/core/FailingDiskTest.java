package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.BackendUnreachableException;
import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.core.SimulatedDisk.Remains;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation on the disk goes wrong once, in every way, and the machine dies at every one. */
class FailingDiskTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    /** Room for two or three transactions, so that segments begin and go all the time; and room for all. */
    private static final List<Long> SEGMENT_BYTES = List.of(700L, 1L << 20);

    private static final int TRANSACTIONS = 8;

    private long segmentBytes = SEGMENT_BYTES.get(0);

    static Stream<Arguments> faults() {
        return Stream.of(DiskFault.values())
                .flatMap(fault -> SEGMENT_BYTES.stream().map(bytes -> Arguments.of(fault, bytes)));
    }

    private TxnLog open(SimulatedDisk disk) {
        return FileTxnLog.open("memory", () -> disk, InstantSource.system(), segmentBytes);
    }

    private static TxnProposal proposal(TxnLog log, String gid, Decision decision) {
        TxnBranch branch = new TxnBranch("1", "stock", Payload.of(new byte[100]));
        return new TxnProposal(gid, decision, log.now().plus(LONG), "gone/1", List.of(branch));
    }

    /** Does a bit of everything, and remembers what it was told. */
    private static final class Work {
        /** What is certain, by gid. */
        private final Map<String, TxnRecord> told = new TreeMap<>();

        private final List<String> unknown = new ArrayList<>();

        void carryOut(TxnLog log) {
            String coordinator = ask("join", () -> log.join("coordinator", LONG).coordinator(), "coordinator/1");
            for (int i = 1; i <= TRANSACTIONS; i++) {
                String gid = "gid-" + i;
                Decision decision = i % 3 == 0 ? Decision.abort("no") : Decision.COMMIT;
                tell(gid, () -> Optional.of(log.decide(proposal(log, gid, decision))));
                if (i % 4 == 0) {
                    ask(
                            "mark",
                            () -> {
                                log.needAttention(gid, "silent");
                                return gid;
                            },
                            gid);
                    tell(gid, () -> log.retry(gid, coordinator));
                } else {
                    ask(
                            "finish",
                            () -> {
                                log.finish(List.of(gid));
                                return gid;
                            },
                            gid);
                }
            }
        }

        private <T> T ask(String what, Supplier<T> question, T otherwise) {
            try {
                return question.get();
            } catch (TxnException e) {
                unknown.add(what);
                return otherwise;
            }
        }

        private void tell(String gid, Supplier<Optional<TxnRecord>> question) {
            try {
                question.get().ifPresent(answer -> told.put(gid, answer));
            } catch (TxnException e) {
                unknown.add(gid);
            }
        }
    }

    private int operations() {
        SimulatedDisk disk = new SimulatedDisk();
        try (TxnLog log = open(disk)) {
            Work work = new Work();
            work.carryOut(log);
            assertThat(work.unknown).isEmpty();
            assertThat(work.told).hasSize(TRANSACTIONS);
        }
        assertThat(disk.operations()).as("operations, all to go wrong").isGreaterThan(30);
        return disk.operations();
    }

    /** Everything that was told is there and stands; what stands of the rest stands at the next opening too. */
    private void assertKept(Work work, SimulatedDisk disk) {
        Map<String, TxnRecord> found = new TreeMap<>();
        try (TxnLog log = open(disk)) {
            work.told.forEach((gid, told) -> {
                TxnRecord standing = log.find(gid).orElseThrow(() -> new AssertionError(gid + " is forgotten"));
                assertThat(standing.decision()).as(gid).isEqualTo(told.decision());
                assertThat(standing.branches()).as(gid).isEqualTo(told.branches());
                assertThat(standing.epoch()).as(gid).isGreaterThanOrEqualTo(told.epoch());
            });
            for (int i = 1; i <= TRANSACTIONS; i++) {
                TxnRecord standing = log.decide(proposal(log, "gid-" + i, Decision.abort("asked afterwards")));
                found.put(standing.gid(), standing);
            }
        }
        try (TxnLog log = open(disk.afterPowerLoss(Remains.NOTHING))) {
            found.forEach((gid, was) -> assertThat(log.find(gid)).hasValue(was));
        }
    }

    private static Stream<SimulatedDisk> whatIsLeftOf(SimulatedDisk disk) {
        return Stream.concat(
                Stream.of(disk.afterKill()), Stream.of(Remains.values()).map(disk::afterPowerLoss));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void anOperationThatFailsOnceLosesNothing_andNeedsNoRestart(DiskFault fault, long bytes) {
        segmentBytes = bytes;
        int operations = operations();
        for (int failing = 1; failing <= operations; failing++) {
            SimulatedDisk disk = new SimulatedDisk();
            disk.failAt(failing, fault);
            Work work = new Work();
            TxnLog log = openAgainIfRefused(disk);
            work.carryOut(log);
            assertThat(work.unknown)
                    .as("operation %s, %s: it was written elsewhere", failing, fault)
                    .isEmpty();
            SimulatedDisk now = disk.afterKill();
            SimulatedDisk unpowered = disk.afterPowerLoss(Remains.NOTHING);
            log.close();
            assertKept(work, now);
            assertKept(work, unpowered);
        }
    }

    private TxnLog openAgainIfRefused(SimulatedDisk disk) {
        try {
            return open(disk);
        } catch (BackendUnreachableException e) {
            assertThat(e).hasMessageContaining("operation");
            return open(disk);
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whereverTheMachineDies_nothingThatWasToldIsLost(DiskFault fault, long bytes) {
        segmentBytes = bytes;
        int operations = operations();
        for (int fatal = 1; fatal <= operations; fatal++) {
            SimulatedDisk disk = new SimulatedDisk();
            disk.dieAt(fatal, fault);
            Work work = new Work();
            try (TxnLog log = open(disk)) {
                work.carryOut(log);
            } catch (BackendUnreachableException e) {
                assertThat(work.told).isEmpty();
            }
            whatIsLeftOf(disk).forEach(left -> assertKept(work, left));
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void whereverTheNextStartDies_nothingThatWasToldIsLost(DiskFault fault, long bytes) {
        segmentBytes = bytes;
        SimulatedDisk first = new SimulatedDisk();
        Work work = new Work();
        TxnLog killed = open(first);
        work.carryOut(killed);
        for (int fatal = 1; ; fatal++) {
            SimulatedDisk disk = first.afterKill();
            disk.dieAt(fatal, fault);
            boolean refused = false;
            try (TxnLog log = open(disk)) {
                assertThat(log.unfinished(1)).hasSize(1);
            } catch (BackendUnreachableException e) {
                refused = true;
            }
            whatIsLeftOf(disk).forEach(left -> assertKept(work, left));
            if (!refused && disk.operations() < fatal) {
                break;
            }
        }
        killed.close();
    }

    @Test
    void aFullDiskAcknowledgesNothing_andTheLogGoesOnWhenThereIsRoom() {
        SimulatedDisk disk = new SimulatedDisk();
        Work before = new Work();
        try (TxnLog log = open(disk)) {
            before.carryOut(log);
            disk.capacity(0);
            for (int i = 0; i < 20; i++) {
                String gid = "full-" + i;
                Work attempt = new Work();
                attempt.tell(gid, () -> Optional.of(log.decide(proposal(log, gid, Decision.COMMIT))));
                assertThat(attempt.told).isEmpty();
                assertThat(log.status(gid)).as("it does not count").isEmpty();
            }
            assertThat(log.status("gid-1").orElseThrow().state())
                    .as("it can still be read")
                    .isEqualTo(TxnState.COMMITTED);
            assertKept(before, disk.afterPowerLoss(Remains.EVERYTHING));
            disk.capacity(Long.MAX_VALUE);
            TxnRecord settled = log.decide(proposal(log, "full-1", Decision.abort("settled")));
            assertThat(settled.decision().isCommit()).isFalse();
            before.told.put("full-1", settled);
            assertKept(before, disk.afterPowerLoss(Remains.NOTHING));
        }
    }
}
