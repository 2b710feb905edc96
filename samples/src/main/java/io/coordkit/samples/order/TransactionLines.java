package io.coordkit.samples.order;

import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One log line, with the gid, for each step of a transaction. Thread-safe. */
final class TransactionLines implements CoordObserver {
    private static final Logger log = LoggerFactory.getLogger(TransactionLines.class);

    @Override
    public void on(CoordEvent event) {
        if (event instanceof CoordEvent.TxnBegan began) {
            log.info("gid={} began with {} branches", began.gid(), began.branches());
        } else if (event instanceof CoordEvent.TxnDecided decided) {
            log.info(
                    "gid={} decided {} after {} ms {}",
                    decided.gid(),
                    decided.committed() ? "COMMIT" : "ABORT",
                    decided.sinceBegin().toMillis(),
                    decided.reason());
        } else if (event instanceof CoordEvent.TxnFinished finished) {
            log.info(
                    "gid={} finished after {} ms",
                    finished.gid(),
                    finished.sinceBegin().toMillis());
        }
    }
}
