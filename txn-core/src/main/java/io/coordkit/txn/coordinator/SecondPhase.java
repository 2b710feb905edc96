package io.coordkit.txn.coordinator;

import io.coordkit.observe.CoordEvent;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out a durable decision: confirms or cancels every branch, each for itself, so that a dead participant holds up
 * nobody else, and repeats until it has acknowledged.
 *
 * <p>A guard that refuses because of a newer epoch tells that another coordinator has claimed the transaction: if the
 * log says so too, it is left to that one. Any other refusal tells of a defect: it is asked again at the slow end of the
 * schedule, and every time it is an ERROR in the log. A branch that has not acknowledged after a bounded number of
 * attempts is given up, as is at once one that has ended by itself the other way, and its transaction marked for a person
 * to look at. Thread-safe.
 */
final class SecondPhase {
    private static final Logger log = LoggerFactory.getLogger(SecondPhase.class);

    private final TxnRecord transaction;
    private final CoordinatorRuntime runtime;
    private final Runnable acknowledged;
    private final Runnable lost;
    private final AtomicInteger open;
    private final ConcurrentMap<String, BranchProgress> progress = new ConcurrentSkipListMap<>();
    private volatile boolean stopped;

    /**
     * @param transaction with the epoch under which it is carried out
     * @param acknowledged run once, when every branch has acknowledged
     * @param lost run when another coordinator has claimed it
     */
    SecondPhase(TxnRecord transaction, CoordinatorRuntime runtime, Runnable acknowledged, Runnable lost) {
        this.transaction = transaction;
        this.runtime = runtime;
        this.acknowledged = acknowledged;
        this.lost = lost;
        this.open = new AtomicInteger(transaction.branches().size());
        transaction.branches().forEach(branch -> progress.put(branch.id(), BranchProgress.of(branch)));
    }

    /** Under which it is carried out. */
    long epoch() {
        return transaction.epoch();
    }

    /** How far each branch has come. */
    List<BranchProgress> progress() {
        return List.copyOf(progress.values());
    }

    void start() {
        if (transaction.branches().isEmpty()) {
            acknowledged.run();
        }
        transaction.branches().forEach(branch -> attempt(branch, 1));
    }

    /** Makes no more calls: somebody else does. */
    void stop() {
        stopped = true;
    }

    private void attempt(TxnBranch branch, int attempt) {
        if (stopped) {
            return;
        }
        BranchEndpoint endpoint = runtime.participants().get(branch.participant());
        if (endpoint == null) {
            giveUp(branch, attempt, "no participant '" + branch.participant() + "' is registered here");
            return;
        }
        BranchCall call = new BranchCall(
                transaction.gid(),
                branch.id(),
                branch.participant(),
                operation(),
                attempt,
                runtime.origin(transaction.epoch(), transaction.deadline()),
                branch.payload(),
                transaction.reason());
        runtime.caller()
                .call(endpoint, call, attempt, runtime.callTimeout())
                .whenComplete((reply, failure) -> answered(branch, attempt, reply, failure));
    }

    private void answered(TxnBranch branch, int attempt, @Nullable BranchReply reply, @Nullable Throwable failure) {
        note(branch, attempt, reply instanceof BranchReply.Done, Answers.line(reply, failure));
        if (reply instanceof BranchReply.Done) {
            if (open.decrementAndGet() == 0) {
                acknowledged.run();
            }
        } else if (reply instanceof BranchReply.Refused refused && refused.code() == Code.STALE_EPOCH) {
            runtime.threads().onLogThread(() -> stale(branch, attempt, refused));
        } else if (reply instanceof BranchReply.Refused refused && refused.code() == Code.HEURISTIC) {
            giveUp(branch, attempt, Answers.line(refused, null));
        } else if (reply instanceof BranchReply.Refused refused) {
            refused(branch, attempt, refused);
        } else {
            Duration delay = runtime.delay(attempt);
            log.warn(
                    "Transaction {} branch {} ({}): {} attempt {} got {}; next in {} ms, until it is acknowledged: see that"
                            + " the participant and its database are up",
                    transaction.gid(),
                    branch.id(),
                    branch.participant(),
                    operation(),
                    attempt,
                    Answers.line(reply, failure),
                    delay.toMillis());
            repeat(branch, attempt, delay);
        }
    }

    /** Somebody with a higher epoch has been there: the one that has claimed it, if anybody has. */
    private void stale(TxnBranch branch, int attempt, BranchReply.Refused refused) {
        try {
            boolean claimed = runtime.log()
                    .find(transaction.gid())
                    .filter(standing -> standing.epoch() > transaction.epoch())
                    .isPresent();
            if (claimed) {
                log.info("Transaction {}: another coordinator has claimed it, and ends it", transaction.gid());
                stop();
                lost.run();
                return;
            }
        } catch (TxnException e) {
            log.warn("Transaction {}: whether it was claimed is unknown: {}", transaction.gid(), e.getMessage());
        }
        refused(branch, attempt, refused);
    }

    private void refused(TxnBranch branch, int attempt, BranchReply.Refused refused) {
        Duration delay = runtime.retry().slowest(runtime.random());
        log.error(
                "Transaction {} branch {} ({}): {} attempt {} was refused, {}: {}; the decision stands, so look into the"
                        + " participant's guard row and the coordinators at work; asked again in {} ms",
                transaction.gid(),
                branch.id(),
                branch.participant(),
                operation(),
                attempt,
                refused.code(),
                refused.reason(),
                delay.toMillis());
        repeat(branch, attempt, delay);
    }

    private void note(TxnBranch branch, int attempt, boolean done, String result) {
        progress.computeIfPresent(branch.id(), (id, before) -> before.after(attempt, done, result));
    }

    /** A person has to look: the transaction stays unfinished, and the log says what is wrong. */
    private void giveUp(TxnBranch branch, int attempt, String why) {
        note(branch, attempt, false, why);
        String trouble = progress.values().stream()
                .filter(each -> !each.acknowledged())
                .map(BranchProgress::toString)
                .collect(Collectors.joining("; "));
        log.error(
                "Transaction {} branch {} ({}): {} is given up after attempt {}: {}; the transaction needs attention: when what is"
                        + " wrong is put right, retry it, or end it by hand",
                transaction.gid(),
                branch.id(),
                branch.participant(),
                operation(),
                attempt,
                why);
        runtime.threads().onLogThread(() -> mark(trouble, 1));
        runtime.observer().on(new CoordEvent.TxnNeedsAttention(transaction.gid(), trouble));
    }

    private void mark(String trouble, int failures) {
        try {
            runtime.log().needAttention(transaction.gid(), trouble);
        } catch (TxnException e) {
            Duration delay = runtime.delay(failures);
            log.warn(
                    "Transaction {}: its mark could not be written, next in {} ms",
                    transaction.gid(),
                    delay.toMillis(),
                    e);
            runtime.threads()
                    .scheduler()
                    .schedule(delay, () -> runtime.threads().onLogThread(() -> mark(trouble, failures + 1)));
        }
    }

    private void repeat(TxnBranch branch, int attempt, Duration delay) {
        if (attempt >= runtime.maxAttempts()) {
            giveUp(
                    branch,
                    attempt,
                    Objects.requireNonNull(progress.get(branch.id())).lastResult());
            return;
        }
        runtime.threads().scheduler().schedule(delay, () -> attempt(branch, attempt + 1));
    }

    private Operation operation() {
        return transaction.state().isCommit() ? Operation.CONFIRM : Operation.CANCEL;
    }
}
