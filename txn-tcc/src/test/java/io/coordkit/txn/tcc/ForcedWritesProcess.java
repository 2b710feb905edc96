package io.coordkit.txn.tcc;

import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.TxnLog;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A process that commits transactions of two branches each, on a log in files, and forces nothing else to disk. */
public final class ForcedWritesProcess {
    private static final BranchEndpoint WILLING = call -> CompletableFuture.completedStage(new BranchReply.Done());

    private ForcedWritesProcess() {}

    /** The log's directory, how many threads, and how many transactions altogether. Prints what it took. */
    public static void main(String[] args) throws Exception {
        int threads = Integer.parseInt(args[1]);
        int transactions = Integer.parseInt(args[2]);
        AtomicInteger number = new AtomicInteger();
        AtomicInteger committed = new AtomicInteger();
        try (TxnLog log = FileTxnLog.open(Path.of(args[0]));
                Tcc tcc = TccCoordinator.builder()
                        .log(log)
                        .participant("left", WILLING)
                        .participant("right", WILLING)
                        .open()) {
            ExecutorService callers = Executors.newFixedThreadPool(threads);
            long start = System.nanoTime();
            for (int i = 0; i < threads; i++) {
                callers.execute(() -> {
                    for (int n = number.incrementAndGet(); n <= transactions; n = number.incrementAndGet()) {
                        committed.addAndGet(isCommitted(tcc, "gid-" + n) ? 1 : 0);
                    }
                });
            }
            callers.shutdown();
            if (!callers.awaitTermination(5, TimeUnit.MINUTES) || committed.get() != transactions) {
                throw new IllegalStateException(committed + " of " + transactions + " were committed");
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            System.out.printf(
                    "%d transactions, %d threads: %.0f a second%n", transactions, threads, transactions / seconds);
        }
    }

    private static boolean isCommitted(Tcc tcc, String gid) {
        try {
            return tcc.begin(gid).run(tx -> {
                        tx.enlist("left", new byte[100]);
                        return tx.enlist("right", new byte[100]);
                    })
                    instanceof Outcome.Committed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
