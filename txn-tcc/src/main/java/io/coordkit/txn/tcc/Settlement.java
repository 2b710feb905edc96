package io.coordkit.txn.tcc;

import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnRecord;
import io.coordkit.txn.spi.UnreadableEntryException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a transaction of which only the log knows how it stands to a decision: after a crash, or after the log did not
 * answer. It takes the transaction over, so that participants refuse the tries that may still be under way, and proposes
 * to abort; the log says which decision stands. Repeated until the log answers. Thread-safe.
 */
final class Settlement {
    private static final Logger log = LoggerFactory.getLogger(Settlement.class);

    private final TccRuntime runtime;
    private final BiConsumer<TxnRecord, Decision> carryOut;

    /** @param carryOut what to do with a transaction once its decision is known */
    Settlement(TccRuntime runtime, BiConsumer<TxnRecord, Decision> carryOut) {
        this.runtime = runtime;
        this.carryOut = carryOut;
    }

    /**
     * @param reason why it is aborted, if it comes to that
     * @param nothingToDo run instead if the log does not have it, has finished it, or cannot read it
     */
    void settle(String gid, String reason, Runnable nothingToDo) {
        attempt(gid, reason, nothingToDo, 1);
    }

    private void attempt(String gid, String reason, Runnable nothingToDo, int attempt) {
        runtime.threads().onLogThread(() -> {
            TxnRecord transaction;
            Decision standing;
            try {
                Optional<TxnRecord> taken = runtime.log().takeOver(gid);
                if (taken.isEmpty() || taken.get().state().isFinished()) {
                    nothingToDo.run();
                    return;
                }
                transaction = taken.get();
                standing = decisionOn(transaction, reason);
            } catch (UnreadableEntryException e) {
                log.error("TCC {}: it stays unfinished until a version that can read it starts", gid, e);
                nothingToDo.run();
                return;
            } catch (RuntimeException e) {
                // Not only TxnException: a defect in a log must not make a transaction forgotten.
                Duration delay = runtime.delay(attempt);
                log.warn(
                        "TCC {}: settlement attempt {} failed, next in {} ms, until the log answers: {}",
                        gid,
                        attempt,
                        delay.toMillis(),
                        e.toString());
                runtime.threads().scheduler().schedule(delay, () -> attempt(gid, reason, nothingToDo, attempt + 1));
                return;
            }
            carryOut.accept(transaction, standing);
        });
    }

    private Decision decisionOn(TxnRecord transaction, String reason) {
        return switch (transaction.state()) {
            case ACTIVE -> runtime.log().decide(transaction.gid(), Decision.abort(reason));
            case COMMITTING, COMMITTED -> Decision.COMMIT;
            case ABORTING, ABORTED -> Decision.abort(transaction.reason());
        };
    }
}
