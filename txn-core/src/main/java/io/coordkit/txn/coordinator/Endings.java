package io.coordkit.txn.coordinator;

import io.coordkit.txn.TxnException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down which transactions are finished, all that come together within 20 ms in one write. Nobody
 * waits for it: an ending that is lost is found again at the next start, and its participants answer "done" once more.
 * Thread-safe.
 */
final class Endings {
    private static final Logger log = LoggerFactory.getLogger(Endings.class);
    private static final int MAX_BATCH = 500;
    private static final Duration GATHER = Duration.ofMillis(20);

    private final CoordinatorRuntime runtime;
    private final Queue<String> finished = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean writing = new AtomicBoolean();

    Endings(CoordinatorRuntime runtime) {
        this.runtime = runtime;
    }

    void add(String gid) {
        finished.add(gid);
        writeSoon();
    }

    /** Has what came so far written, by log threads that are about to take no more. */
    void flush() {
        for (int left = finished.size(); left > 0; left -= MAX_BATCH) {
            runtime.threads().onLogThread(this::write);
        }
    }

    private void writeSoon() {
        if (!finished.isEmpty() && writing.compareAndSet(false, true)) {
            runtime.threads()
                    .scheduler()
                    .schedule(GATHER, () -> runtime.threads().onLogThread(this::write));
        }
    }

    private void write() {
        List<String> batch = new ArrayList<>();
        try {
            for (String gid = finished.poll(); gid != null; gid = batch.size() < MAX_BATCH ? finished.poll() : null) {
                batch.add(gid);
            }
            runtime.log().finish(batch);
        } catch (TxnException e) {
            finished.addAll(batch);
            log.warn(
                    "The end of {} transactions could not be written, next in {}: {}",
                    batch.size(),
                    runtime.retry().max(),
                    e.getMessage());
            runtime.threads().scheduler().schedule(runtime.retry().max(), this::writeSoon);
            return;
        } finally {
            writing.set(false);
        }
        writeSoon();
    }
}
