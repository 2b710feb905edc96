package io.coordkit.txn.coordinator;

import io.coordkit.observe.CoordEvent;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TransactionalLog.WorkFailedException;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes transactions from their beginning to their decision: try, decide, hand over to the second phase. Thread-safe. */
final class Transactions {
    private static final Logger log = LoggerFactory.getLogger(Transactions.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(50);

    private final CoordinatorRuntime runtime;
    private final Carriage carriage;
    private final RunningCalls calls = new RunningCalls();

    Transactions(CoordinatorRuntime runtime) {
        this.runtime = runtime;
        this.carriage = new Carriage(runtime);
    }

    /** Takes up what others left, now and from now on; returns as soon as it is known what that is. */
    void recover() {
        runtime.threads().askLog(() -> {
            carriage.claim(true);
            return runtime;
        });
        runtime.membership().start(() -> {
            carriage.claim(false);
            carriage.purge();
        });
    }

    Carriage carriage() {
        return carriage;
    }

    Start start(Terms terms) {
        return new Start(terms, runtime.nanoTime(), runtime.deadline(terms.timeout()));
    }

    <T> Outcome<T> run(String gid, Start began, List<TxnBranch> branches, T value, Deciding<T> deciding)
            throws InterruptedException {
        if (runtime.membership().isReplaced()) {
            throw new IllegalStateException(
                    "Coordinator '" + runtime.membership().coordinator()
                            + "' was started again elsewhere under the same name, and takes no more transactions here");
        }
        long start = began.nanos();
        Instant deadline = began.deadline();
        Terms terms = began.terms();
        FirstPhase phase = new FirstPhase(
                gid, runtime.origin(1, deadline), start + terms.timeout().toNanos(), terms.rounds(), runtime);
        calls.enter(phase);
        try {
            runtime.observer().on(new CoordEvent.TxnBegan(gid, branches.size()));
            CompletableFuture<Decision> verdict = phase.start(branches);
            boolean interrupted = !await(verdict, phase);
            Decision proposed = verdict.join();
            Outcome<T> outcome = decide(
                    new TxnProposal(
                            gid,
                            proposed,
                            deadline,
                            runtime.membership().coordinator(),
                            branches.stream()
                                    .filter(branch -> !phase.readOnly().contains(branch))
                                    .toList()),
                    value,
                    deciding,
                    start,
                    interrupted ? Duration.ZERO : terms.patience());
            if (interrupted && !(outcome instanceof Outcome.Committed)) {
                throw new InterruptedException("Transaction '" + gid + "' was interrupted and is aborted");
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return outcome;
        } finally {
            calls.leave(phase);
        }
    }

    /** Waits for the verdict; an interrupt makes it an abort, unless it has just become something else. */
    private static boolean await(CompletableFuture<Decision> verdict, FirstPhase phase) {
        try {
            verdict.get();
            return true;
        } catch (InterruptedException e) {
            phase.abort("interrupted while the branches were tried");
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a verdict never fails", e);
        }
    }

    private <T> Outcome<T> decide(TxnProposal proposal, T value, Deciding<T> deciding, long start, Duration patience) {
        String gid = proposal.gid();
        TxnRecord standing;
        try {
            standing = deciding.decide(proposal, value);
        } catch (WorkFailedException e) {
            TxnProposal abort = proposal.aborting("its local work failed: " + e.getCause());
            Outcome<T> outcome = decide(abort, value, deciding, start, patience);
            if (outcome instanceof Outcome.Committed) {
                return outcome;
            }
            throw e.getCause() instanceof RuntimeException unchecked ? unchecked : e;
        } catch (RuntimeException e) {
            // Whatever it was, it may have been written: only the log knows.
            log.warn(
                    "Transaction {}: whether {} was written is unknown; it will be settled by the log",
                    gid,
                    proposal.decision(),
                    e);
            new Settlement(runtime, settled -> {
                        var unusedEnd = carriage.carryOut(settled, proposal.branches(), runtime.nanoTime());
                    })
                    .settle(proposal.aborting("the log did not answer when it was decided: " + e.getMessage()));
            return new Outcome.Unknown<>(gid, e);
        }
        CompletableFuture<Boolean> end = carriage.carryOut(standing, proposal.branches(), start);
        awaitEnd(gid, end, patience);
        return standing.state().isCommit()
                ? new Outcome.Committed<>(gid, value)
                : new Outcome.Aborted<>(gid, standing.reason());
    }

    /** Waits until every branch has acknowledged; an interrupt ends only the wait, and is kept. */
    private void awaitEnd(String gid, CompletableFuture<Boolean> end, Duration patience) {
        if (patience.isZero()) {
            return;
        }
        long until = runtime.nanoTime() + patience.toNanos();
        try {
            boolean finished = end.get(patience.toNanos(), TimeUnit.NANOSECONDS);
            // Another coordinator carries it out: only the log knows how far it is.
            while (!finished && runtime.nanoTime() < until) {
                Thread.sleep(POLL.toMillis());
                finished = runtime.threads()
                        .askLog(() -> runtime.log().status(gid))
                        .filter(status -> status.state().isFinished())
                        .isPresent();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException e) {
            log.info("Transaction {}: decided, but not every branch has acknowledged within {}", gid, patience);
        } catch (TxnException | IllegalStateException e) { // the latter when the coordinator is being closed
            log.warn(
                    "Transaction {}: decided; whether every branch has acknowledged is unknown: {}",
                    gid,
                    e.getMessage());
        } catch (ExecutionException e) {
            throw new IllegalStateException("an end never fails", e);
        }
    }

    /**
     * Aborts what is being tried, waits until it is decided and written, leaves the log to others, and stops.
     *
     * @return false if it was closed before
     */
    boolean close() {
        if (!calls.close("the coordinator was closed", CLOSE_PATIENCE)) {
            return false;
        }
        runtime.membership().stop();
        carriage.flush();
        runtime.threads().onLogThread(runtime.membership()::close);
        runtime.threads().close(CLOSE_PATIENCE);
        return true;
    }
}
