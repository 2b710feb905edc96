package io.coordkit.txn.tcc;

import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a durable decision: confirms or cancels every branch, each for itself, so that a dead participant holds up
 * nobody else, and repeats until it has acknowledged.
 *
 * <p>A guard that refuses here tells of a defect or of a second coordinator. Its branch stays unfinished: it is never
 * dropped, is asked again at the slow end of the schedule, and every time it is an ERROR in the log. Thread-safe.
 */
final class SecondPhase {
    private static final Logger log = LoggerFactory.getLogger(SecondPhase.class);

    private final TxnRecord transaction;
    private final Decision decision;
    private final TccRuntime runtime;
    private final Runnable acknowledged;
    private final AtomicInteger open;

    /**
     * @param transaction with the epoch under which it is carried out
     * @param acknowledged run once, when every branch has acknowledged
     */
    SecondPhase(TxnRecord transaction, Decision decision, TccRuntime runtime, Runnable acknowledged) {
        this.transaction = transaction;
        this.decision = decision;
        this.runtime = runtime;
        this.acknowledged = acknowledged;
        this.open = new AtomicInteger(transaction.branches().size());
    }

    void start() {
        if (transaction.branches().isEmpty()) {
            acknowledged.run();
        }
        transaction.branches().forEach(branch -> attempt(branch, 1));
    }

    private void attempt(TxnBranch branch, int attempt) {
        BranchEndpoint endpoint = runtime.participants().get(branch.participant());
        if (endpoint == null) {
            log.error(
                    "TCC {} branch {}: no participant '{}' is registered, so it cannot be told to {}; the transaction"
                            + " stays unfinished until a coordinator starts that has registered it",
                    transaction.gid(),
                    branch.id(),
                    branch.participant(),
                    operation());
            return;
        }
        BranchCall call = new BranchCall(
                transaction.gid(),
                branch.id(),
                branch.participant(),
                operation(),
                transaction.epoch(),
                transaction.deadline(),
                branch.payload(),
                decision.reason());
        runtime.caller()
                .call(endpoint, call, attempt, runtime.callTimeout())
                .whenComplete((reply, failure) -> answered(branch, attempt, reply, failure));
    }

    private void answered(TxnBranch branch, int attempt, @Nullable BranchReply reply, @Nullable Throwable failure) {
        if (reply instanceof BranchReply.Done) {
            if (open.decrementAndGet() == 0) {
                acknowledged.run();
            }
            return;
        }
        String result = BranchCaller.result(reply, failure);
        Duration delay;
        if (reply instanceof BranchReply.Refused) {
            delay = runtime.retry().slowest(runtime.random());
            log.error(
                    "TCC {} branch {} ({}): {} attempt {} was refused, {}; the decision stands, so look into the"
                            + " participant's guard row and the coordinators at work; asked again in {} ms",
                    transaction.gid(),
                    branch.id(),
                    branch.participant(),
                    operation(),
                    attempt,
                    result,
                    delay.toMillis());
        } else {
            delay = runtime.delay(attempt);
            log.warn(
                    "TCC {} branch {} ({}): {} attempt {} got {}; next in {} ms, until it is acknowledged: see that"
                            + " the participant and its database are up",
                    transaction.gid(),
                    branch.id(),
                    branch.participant(),
                    operation(),
                    attempt,
                    result,
                    delay.toMillis());
        }
        runtime.threads().scheduler().schedule(delay, () -> attempt(branch, attempt + 1));
    }

    private Operation operation() {
        return decision.isCommit() ? Operation.CONFIRM : Operation.CANCEL;
    }
}
