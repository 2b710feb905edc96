package io.coordkit.txn.coordinator;

import io.coordkit.time.Scheduler.Scheduled;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnOrigin;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all branches of one transaction at the same time, in one round of tries, or in more where all must have answered
 * one before the next. A call without an answer is repeated until the deadline, which the participants' guards make safe;
 * the first refusal ends the phase, for what the others are asked is then in vain.
 *
 * <p>The deadline is monotonic; that by the log's clock, after which no commit is written, was computed from it.
 * Thread-safe.
 */
final class FirstPhase {
    private static final Logger log = LoggerFactory.getLogger(FirstPhase.class);

    private final String gid;
    private final TxnOrigin origin;
    private final long endNanos;
    private final List<Operation> rounds;
    private final CoordinatorRuntime runtime;
    private final CompletableFuture<Decision> verdict = new CompletableFuture<>();
    /** The branches that have not answered in this round yet, each with what became of its last call. */
    private final Map<String, String> waiting = new ConcurrentSkipListMap<>();

    private final Set<TxnBranch> readOnly = ConcurrentHashMap.newKeySet();

    /**
     * @param endNanos the deadline by the scheduler's ticker
     * @param origin with the same deadline by the log's clock, for the participants
     * @param rounds what they are asked
     */
    FirstPhase(String gid, TxnOrigin origin, long endNanos, List<Operation> rounds, CoordinatorRuntime runtime) {
        this.gid = gid;
        this.origin = origin;
        this.endNanos = endNanos;
        this.rounds = rounds;
        this.runtime = runtime;
    }

    /** What is to be decided; completes by the deadline. */
    CompletableFuture<Decision> start(List<TxnBranch> branches) {
        Scheduled end = runtime.threads().scheduler().schedule(left(), this::expire);
        ask(branches, 0);
        return verdict.whenComplete((decision, failure) -> end.cancel());
    }

    private void ask(List<TxnBranch> branches, int round) {
        if (branches.isEmpty() || round == rounds.size()) {
            verdict.complete(Decision.COMMIT);
            return;
        }
        branches.forEach(branch -> waiting.put(name(branch), "not asked yet"));
        AtomicInteger open = new AtomicInteger(branches.size());
        Runnable done = () -> {
            if (open.decrementAndGet() == 0) {
                ask(
                        branches.stream()
                                .filter(branch -> !readOnly.contains(branch))
                                .toList(),
                        round + 1);
            }
        };
        branches.forEach(branch -> new Question(branch, rounds.get(round), done).attempt(1));
    }

    /** Those that have ended with their vote. */
    Set<TxnBranch> readOnly() {
        return readOnly;
    }

    /** Ends the phase, unless it has ended. */
    void abort(String reason) {
        verdict.complete(Decision.abort(reason));
    }

    private void expire() {
        StringBuilder reason = new StringBuilder("no answer by the deadline from");
        waiting.forEach(
                (branch, last) -> reason.append(' ').append(branch).append(": ").append(last));
        abort(reason.toString());
    }

    /** What one branch is asked in one round, again and again until it has answered. */
    private final class Question {
        private final TxnBranch branch;
        private final Operation operation;
        private final Runnable done;

        /** @param done to be run once it has said yes */
        Question(TxnBranch branch, Operation operation, Runnable done) {
            this.branch = branch;
            this.operation = operation;
            this.done = done;
        }

        void attempt(int attempt) {
            Duration left = left();
            BranchEndpoint endpoint = runtime.participants().get(branch.participant());
            if (verdict.isDone() || endpoint == null || left.isNegative() || left.isZero()) {
                return;
            }
            Duration timeout = left.compareTo(runtime.callTimeout()) < 0 ? left : runtime.callTimeout();
            BranchCall call = new BranchCall(
                    gid, branch.id(), branch.participant(), operation, attempt, origin, branch.payload(), "");
            runtime.caller()
                    .call(endpoint, call, attempt, timeout)
                    .whenComplete((reply, failure) -> answered(attempt, reply, failure));
        }

        private void answered(int attempt, @Nullable BranchReply reply, @Nullable Throwable failure) {
            if (reply instanceof BranchReply.Refused refused) {
                abort(name(branch) + " refused: " + refused.reason());
            } else if (reply instanceof BranchReply.Done || reply instanceof BranchReply.ReadOnly) {
                if (reply instanceof BranchReply.ReadOnly) {
                    readOnly.add(branch);
                }
                waiting.remove(name(branch));
                done.run();
            } else if (!verdict.isDone()) {
                repeat(attempt, Answers.line(reply, failure));
            }
        }

        private void repeat(int attempt, String result) {
            waiting.put(name(branch), operation + ", " + result);
            Duration delay = runtime.delay(attempt);
            log.warn(
                    "Transaction {} {}: {} attempt {} got {}; next in {} ms until the deadline in {} ms, then it aborts",
                    gid,
                    name(branch),
                    operation,
                    attempt,
                    result,
                    delay.toMillis(),
                    left().toMillis());
            runtime.threads().scheduler().schedule(delay, () -> attempt(attempt + 1));
        }
    }

    private Duration left() {
        return Duration.ofNanos(endNanos - runtime.nanoTime());
    }

    private static String name(TxnBranch branch) {
        return "branch " + branch.id() + " (" + branch.participant() + ")";
    }
}
