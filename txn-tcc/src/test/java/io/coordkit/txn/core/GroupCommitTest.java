package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.TooLate;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Who decides while another one's decision is being forced shares the next force with all who do. */
class GroupCommitTest {
    private static final int THREADS = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SimulatedDisk disk = new SimulatedDisk();
    private final List<Thread> threads = new ArrayList<>();

    private void decide(TxnLog log, String gid) {
        TxnProposal commit =
                new TxnProposal(gid, Decision.COMMIT, log.now().plus(Duration.ofMinutes(10)), "somebody/1", List.of());
        Thread thread = new Thread(() -> log.decide(commit));
        threads.add(thread);
        thread.start();
    }

    private static void awaitWaiting(Thread thread) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (thread.getState() != Thread.State.WAITING) {
            TooLate.check(end, "it waits for its answer");
            LockSupport.parkNanos(100_000);
        }
    }

    @Test
    void allWhoDecideDuringAForce_shareTheNext() throws Exception {
        try (TxnLog log = FileTxnLog.open("memory", () -> disk, InstantSource.system(), 1 << 20)) {
            CountDownLatch hold = new CountDownLatch(1);
            int before = disk.forces();
            disk.hold(hold);
            decide(log, "first");
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (disk.forces() == before) {
                TooLate.check(end, "the first is being forced");
                LockSupport.parkNanos(100_000);
            }
            for (int i = 0; i < THREADS; i++) {
                decide(log, "gid-" + i);
            }
            threads.forEach(GroupCommitTest::awaitWaiting);
            hold.countDown();
            for (Thread thread : threads) {
                thread.join(PATIENCE.toMillis());
                assertThat(thread.isAlive()).isFalse();
            }
            assertThat(disk.forces() - before)
                    .as("forces for %s decisions", THREADS + 1)
                    .isEqualTo(2);
            assertThat(log.unfinished(100)).hasSize(THREADS + 1);
        }
    }
}
