package io.coordkit.testkit.lock.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.testkit.server.TestServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A lock under faults: three processes contend for it and write to a resource that it guards, something bad happens, and
 * the history is held against the models of {@link History}. Each fault has servers of its own, and a row in the table
 * of {@code docs/guarantees.md}.
 *
 * <p>Whatever the fault, no stale write is accepted, tokens neither repeat nor change on re-entry, everybody gets in
 * again, and nothing is left behind. Holders that ask before they write are told of a loss before another gets in, but for
 * the moment between asking and writing: without a fence no lock can promise more, and what it came to is counted.
 */
@Tag("faults")
public abstract class LockFaultSuite {
    /** How much later than promised somebody may get in here: machines of tests are busy. */
    private static final int LENIENCY = 5;

    /** So much later than the first the last of the processes may get in. */
    private static final Duration SLACK = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    /** A store that only one fault sees. */
    protected abstract FaultStore startStore();

    /** What may happen to it. */
    protected abstract List<LockFault> faults();

    /** The lock's name in the table, for example {@code lock-redis, sentinels}. */
    protected abstract String lockName();

    /** What cannot happen to it, with the reason: printed in the place of a row. */
    protected Map<String, String> impossible() {
        return Map.of();
    }

    /** What contends. */
    protected Class<? extends Subject> subject() {
        return CoordkitSubject.class;
    }

    /** The TTL of the processes' clients. */
    protected Duration ttl() {
        return Duration.ofSeconds(2);
    }

    /** How long after a heal somebody must be in: twice the TTL. */
    protected Duration bound(LockFault fault) {
        return ttl().multipliedBy(2);
    }

    /** All of them once, and again until the time has passed that {@code coordkit.soak.faults} says. */
    @TestFactory
    Stream<DynamicTest> faultsAreSurvived() {
        Duration soak = Duration.parse(System.getProperty("coordkit.soak.faults", "PT0S"));
        long begun = System.nanoTime();
        impossible()
                .forEach((fault, why) ->
                        System.out.println("FAULT | " + lockName() + " | " + fault + " | not possible: " + why + " |"));
        return Stream.iterate(1, round -> round == 1 || System.nanoTime() - begun < soak.toNanos(), round -> round + 1)
                .flatMap(round -> faults().stream()
                        .map(fault -> DynamicTest.dynamicTest(fault.name() + ", " + round, () -> survive(fault))));
    }

    private void survive(LockFault fault) throws Exception {
        boolean ours = subject() == CoordkitSubject.class; // a peer is measured, not judged
        Path logs = Files.createTempDirectory(directory, "fault");
        FaultStore store = startStore();
        boolean lastingTokens = ours && tokensSurviveDataLoss(store);
        String settings = fault.fair() ? " fair=true" : "";
        try (FaultRun run =
                new FaultRun(store, subject(), ttl(), settings, new GuardedResource(true), lastingTokens, logs)) {
            run.settle();
            long from = ours ? fault.strike().hit(run) : hitPeer(fault, run);
            boolean all =
                    run.allEnterAfter(from, bound(fault).multipliedBy(LENIENCY).plus(SLACK));
            List<String> left = run.leftAfterEnd();
            FaultReport report = new FaultReport(
                    lockName(), fault.name(), run.history(), run.history().firstEntryAfter(from));
            report.publish();
            if (ours) {
                assertThat(all)
                        .as("every process gets in again: %s", run.history())
                        .isTrue();
                judge(report, fault, left);
            }
        }
    }

    /** A peer may not survive it; from when it began on is all that can be said then. */
    private static long hitPeer(LockFault fault, FaultRun run) throws Exception {
        long begun = System.nanoTime();
        try {
            return fault.strike().hit(run);
        } catch (AssertionError stuck) {
            System.out.println(fault + ": " + stuck.getMessage());
            run.letHolderGo();
            return begun;
        }
    }

    private boolean tokensSurviveDataLoss(FaultStore store) {
        String address =
                store.address(store.servers().stream().map(TestServer::address).toList());
        try (LockClient locks = CoordkitSubject.connect(address, ttl())) {
            return locks.guarantees().has(LockGuarantee.FENCED_AFTER_DATA_LOSS);
        }
    }

    private void judge(FaultReport report, LockFault fault, List<String> left) {
        History history = report.history();
        assertThat(history.staleAccepted()).as("stale writes accepted").isEmpty();
        assertThat(fault.fencedOnly() ? List.of() : history.overlaps(ttl().dividedBy(5)))
                .as("holders that were not told, before others held it, that they had lost the lock")
                .isEmpty();
        assertThat(fault.fair() ? history.overtakings(ttl().dividedBy(2)) : List.of())
                .as("holders who overtook others")
                .isEmpty();
        assertThat(history.repeatedTokens()).as("tokens of two holders").isEmpty();
        assertThat(history.changedOnReentry()).as("tokens changed on re-entry").isEmpty();
        assertThat(report.nextHolder().orElseThrow())
                .as("until the next holder, %s times over", LENIENCY)
                .isLessThan(bound(fault).multipliedBy(LENIENCY));
        assertThat(left).as("left behind").isEmpty();
    }
}
