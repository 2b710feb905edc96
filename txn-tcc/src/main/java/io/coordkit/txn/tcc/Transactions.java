package io.coordkit.txn.tcc;

import io.coordkit.observe.CoordEvent;
import io.coordkit.txn.DuplicateGidException;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes transactions through their life: begin, try, decide, and the hand-over to the second phase. Thread-safe. */
final class Transactions {
    private static final Logger log = LoggerFactory.getLogger(Transactions.class);
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(10);

    private final TccRuntime runtime;
    private final Endings endings;
    private final Settlement settlement;
    private final RunningCalls calls = new RunningCalls();
    /** The gids at work here, so that no two threads of this coordinator ever drive the same one. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();

    Transactions(TccRuntime runtime) {
        this.runtime = runtime;
        this.endings = new Endings(runtime);
        this.settlement = new Settlement(runtime, this::settled);
    }

    /** Takes up what the log holds unfinished; returns as soon as it is known what that is. */
    void recover() {
        List<TxnStatus> found = runtime.threads().askLog(() -> runtime.log().unfinished(Integer.MAX_VALUE));
        log.info(
                "Recovery: {} unfinished transactions found ({} active, {} committing, {} aborting)",
                found.size(),
                count(found, TxnState.ACTIVE),
                count(found, TxnState.COMMITTING),
                count(found, TxnState.ABORTING));
        runtime.observer().on(new CoordEvent.TxnRecovered(found.size()));
        found.forEach(status -> busy.add(status.gid()));
        found.forEach(status -> settle(status.gid(), "coordinator restarted before the decision"));
    }

    private static long count(List<TxnStatus> found, TxnState state) {
        return found.stream().filter(status -> status.state() == state).count();
    }

    <T> Outcome<T> run(String gid, Duration timeout, List<TxnBranch> branches, T value) throws InterruptedException {
        long start = runtime.nanoTime();
        Instant deadline = runtime.clock().instant().plus(timeout);
        TryPhase phase = new TryPhase(gid, deadline, start + timeout.toNanos(), runtime);
        calls.enter(phase);
        try {
            begin(gid, timeout, branches);
            CompletableFuture<Decision> verdict = phase.start(branches);
            boolean interrupted = !await(verdict, phase);
            Decision proposed = verdict.join();
            Outcome<T> outcome =
                    decide(new TxnRecord(gid, TxnState.ACTIVE, "", 1, deadline, branches), proposed, value, start);
            if (interrupted && !proposed.isCommit()) {
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

    private void begin(String gid, Duration timeout, List<TxnBranch> branches) {
        if (!busy.add(gid)) {
            throw new DuplicateGidException(gid);
        }
        try {
            runtime.threads().askLog(() -> {
                runtime.log().begin(gid, timeout, branches);
                return gid;
            });
        } catch (DuplicateGidException e) {
            busy.remove(gid);
            throw e;
        } catch (RuntimeException e) {
            // It may have been written all the same, and then nobody else would ever end it.
            settle(gid, "the log did not answer when it was begun");
            throw e;
        }
        runtime.observer().on(new CoordEvent.TxnBegan(gid, branches.size()));
    }

    /** Waits for the verdict; an interrupt makes it an abort, unless it has just become something else. */
    private static boolean await(CompletableFuture<Decision> verdict, TryPhase phase) {
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

    private <T> Outcome<T> decide(TxnRecord transaction, Decision proposed, T value, long start) {
        String gid = transaction.gid();
        Decision standing;
        try {
            standing = runtime.threads().askLog(() -> runtime.log().decide(gid, proposed));
        } catch (RuntimeException e) {
            // Whatever it was, it may have been written: only the log knows.
            log.warn("TCC {}: whether {} was written is unknown; it will be settled by the log", gid, proposed, e);
            settle(gid, "the log did not answer when it was decided: " + e.getMessage());
            return new Outcome.Unknown<>(gid, e);
        }
        carryOut(transaction, standing, start);
        return standing.isCommit()
                ? new Outcome.Committed<>(gid, value)
                : new Outcome.Aborted<>(gid, standing.reason());
    }

    private void settle(String gid, String reason) {
        settlement.settle(gid, reason, () -> busy.remove(gid));
    }

    private void settled(TxnRecord transaction, Decision standing) {
        log.info("TCC {}: settled by the log, {}, epoch {}", transaction.gid(), standing, transaction.epoch());
        carryOut(transaction, standing, runtime.nanoTime());
    }

    private void carryOut(TxnRecord transaction, Decision decision, long start) {
        String gid = transaction.gid();
        runtime.observer()
                .on(new CoordEvent.TxnDecided(gid, decision.isCommit(), decision.reason(), runtime.since(start)));
        new SecondPhase(transaction, decision, runtime, () -> {
                    endings.add(gid);
                    busy.remove(gid);
                    runtime.observer().on(new CoordEvent.TxnFinished(gid, decision.isCommit(), runtime.since(start)));
                })
                .start();
    }

    /**
     * Aborts what is being tried, waits until it is decided and written, and stops.
     *
     * @return false if it was closed before
     */
    boolean close() {
        if (!calls.close("the coordinator was closed", CLOSE_PATIENCE)) {
            return false;
        }
        endings.flush();
        runtime.threads().close(CLOSE_PATIENCE);
        return true;
    }
}
