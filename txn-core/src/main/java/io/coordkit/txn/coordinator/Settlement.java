package io.coordkit.txn.coordinator;

import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import io.coordkit.txn.spi.UnreadableEntryException;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out what stands of a transaction whose decision the log did not answer: proposes to abort, until the log says
 * which decision it has. Thread-safe.
 */
final class Settlement {
    private static final Logger log = LoggerFactory.getLogger(Settlement.class);

    private final CoordinatorRuntime runtime;
    private final Consumer<TxnRecord> settled;

    /** @param settled what to do with a transaction once its decision is known */
    Settlement(CoordinatorRuntime runtime, Consumer<TxnRecord> settled) {
        this.runtime = runtime;
        this.settled = settled;
    }

    void settle(TxnProposal abort) {
        attempt(abort, 1);
    }

    private void attempt(TxnProposal abort, int attempt) {
        runtime.threads().onLogThread(() -> {
            TxnRecord standing;
            try {
                standing = runtime.log().decide(abort);
            } catch (UnreadableEntryException e) {
                log.error(
                        "Transaction {}: it stays unfinished until a version that can read it starts", abort.gid(), e);
                return;
            } catch (RuntimeException e) {
                // Not only TxnException: a defect in a log must not make a transaction forgotten.
                Duration delay = runtime.delay(attempt);
                log.warn(
                        "Transaction {}: settlement attempt {} failed, next in {} ms, until the log answers: {}",
                        abort.gid(),
                        attempt,
                        delay.toMillis(),
                        e.toString());
                runtime.threads().scheduler().schedule(delay, () -> attempt(abort, attempt + 1));
                return;
            }
            log.info("Transaction {}: settled by the log, {}", abort.gid(), standing.decision());
            settled.accept(standing);
        });
    }
}
