package io.coordkit.txn.coordinator;

import io.coordkit.observe.CoordEvent;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out what was decided, by this coordinator or by one that is gone. Thread-safe. */
final class Carriage {
    private static final Logger log = LoggerFactory.getLogger(Carriage.class);
    private static final int CLAIMED_AT_ONCE = 500;
    private static final int PURGED_AT_ONCE = 1_000;

    private final CoordinatorRuntime runtime;
    private final Endings endings;
    /** What is being carried out here, so that each transaction is by one only. */
    private final ConcurrentMap<String, SecondPhase> atWork = new ConcurrentHashMap<>();

    private volatile boolean tookUnheard;

    Carriage(CoordinatorRuntime runtime) {
        this.runtime = runtime;
        this.endings = new Endings(runtime);
    }

    /** Claims what coordinators without a lease have left. Call on a log thread. */
    void claim(boolean atStart) {
        adopt();
        List<TxnRecord> claimed = new ArrayList<>();
        int before;
        do {
            before = claimed.size();
            claimed.addAll(taking(() -> runtime.log().claim(runtime.membership().coordinator(), CLAIMED_AT_ONCE)));
        } while (claimed.size() - before == CLAIMED_AT_ONCE);
        if (!claimed.isEmpty() || atStart) {
            log.info(
                    "Coordinator '{}' claimed {} unfinished transactions ({} committing, {} aborting)",
                    runtime.membership().coordinator(),
                    claimed.size(),
                    claimed.stream().filter(each -> each.state().isCommit()).count(),
                    claimed.stream().filter(each -> !each.state().isCommit()).count());
            runtime.observer().on(new CoordEvent.TxnRecovered(claimed.size()));
        }
        claimed.forEach(this::resume);
    }

    /**
     * Begins again with what had been given up. Call on a log thread.
     *
     * @return false if it needs no attention
     */
    boolean retry(String gid) {
        Optional<TxnRecord> taken =
                taking(() -> runtime.log().retry(gid, runtime.membership().coordinator()));
        taken.ifPresent(this::resume);
        return taken.isPresent();
    }

    /**
     * Has the log make something this coordinator's. When it does not answer, that may have happened all the same, and
     * nobody else takes it while this one lives: it must find out.
     */
    private <T> T taking(Supplier<T> question) {
        try {
            return question.get();
        } catch (TxnException e) {
            tookUnheard = true;
            throw e;
        }
    }

    /** Carries out what is this coordinator's by the log and not at work here, if there may be such. */
    private void adopt() {
        if (!tookUnheard) {
            return;
        }
        tookUnheard = false;
        taking(() -> runtime.log().unfinished(Integer.MAX_VALUE)).stream()
                .filter(status -> !status.needsAttention())
                .flatMap(status -> taking(() -> runtime.log().find(status.gid())).stream())
                .filter(found -> found.coordinator().equals(runtime.membership().coordinator()) && !isAtWork(found))
                .forEach(found -> {
                    log.info(
                            "Transaction {}: it had become this coordinator's unheard; it is carried out", found.gid());
                    resume(found);
                });
    }

    private boolean isAtWork(TxnRecord found) {
        SecondPhase phase = atWork.get(found.gid());
        return phase != null && phase.epoch() >= found.epoch();
    }

    /** Has the log forget what is long finished. Call on a log thread. */
    void purge() {
        int purged = 0;
        int lately;
        do {
            lately = runtime.log().purge(runtime.retention(), PURGED_AT_ONCE);
            purged += lately;
        } while (lately == PURGED_AT_ONCE);
        if (purged > 0) {
            log.info("{} transactions that were finished {} ago were purged", purged, runtime.retention());
        }
    }

    /**
     * Carries out what stands about a gid that was run here.
     *
     * @param branches those that were tried here
     * @return completes when every branch has acknowledged, if it is this coordinator that carries it out
     */
    CompletableFuture<Boolean> carryOut(TxnRecord standing, List<TxnBranch> branches, long start) {
        boolean mine = standing.coordinator().equals(runtime.membership().coordinator());
        CompletableFuture<Boolean> end = new CompletableFuture<>();
        if (mine && !standing.state().isFinished()) {
            start(standing, start, end);
        } else {
            end.complete(standing.state().isFinished());
            observeDecision(standing, start);
        }
        cancelStrays(standing, branches);
        return end;
    }

    private void resume(TxnRecord transaction) {
        start(transaction, runtime.nanoTime(), new CompletableFuture<>());
    }

    /** Makes no more calls for that transaction. */
    void stop(String gid) {
        SecondPhase phase = atWork.remove(gid);
        if (phase != null) {
            phase.stop();
        }
    }

    /** How far its branches have come, as far as that is known here. */
    List<BranchProgress> progress(TxnRecord transaction) {
        SecondPhase phase = atWork.get(transaction.gid());
        boolean finished = transaction.state().isFinished();
        return phase != null
                ? phase.progress()
                : transaction.branches().stream()
                        .map(branch -> new BranchProgress(branch, finished, 0, ""))
                        .toList();
    }

    /**
     * What was tried here although the decision is not about it: the gid had been decided before, by another run of it
     * or by an inquiry. If this coordinator dies over it, the participants will ask.
     *
     * <p>A branch that is to be committed is none, also if this run has called it with something else: its cancel would
     * end what the decision is about.
     */
    private void cancelStrays(TxnRecord standing, List<TxnBranch> branches) {
        List<TxnBranch> strays = branches.stream()
                .filter(branch -> standing.branches().stream().noneMatch(decided -> isSame(standing, decided, branch)))
                .toList();
        if (!strays.isEmpty()) {
            TxnRecord cancelled = new TxnRecord(
                    standing.gid(),
                    TxnState.ABORTING,
                    standing.state().isCommit() ? "committed without this branch" : standing.reason(),
                    standing.epoch(),
                    standing.coordinator(),
                    standing.deadline(),
                    strays);
            new SecondPhase(cancelled, runtime, () -> {}, () -> {}).start();
        }
    }

    private static boolean isSame(TxnRecord standing, TxnBranch decided, TxnBranch tried) {
        return standing.state().isCommit()
                ? decided.id().equals(tried.id()) && decided.participant().equals(tried.participant())
                : decided.equals(tried);
    }

    private void start(TxnRecord transaction, long start, CompletableFuture<Boolean> end) {
        String gid = transaction.gid();
        SecondPhase phase = new SecondPhase(
                transaction,
                runtime,
                () -> {
                    acknowledged(transaction, start);
                    end.complete(true);
                },
                () -> {
                    atWork.remove(gid);
                    end.complete(false);
                });
        SecondPhase other = atWork.put(gid, phase);
        if (other != null) {
            other.stop();
        }
        observeDecision(transaction, start);
        phase.start();
    }

    private void observeDecision(TxnRecord transaction, long start) {
        runtime.observer()
                .on(new CoordEvent.TxnDecided(
                        transaction.gid(), transaction.state().isCommit(), transaction.reason(), runtime.since(start)));
    }

    private void acknowledged(TxnRecord transaction, long start) {
        endings.add(transaction.gid());
        atWork.remove(transaction.gid());
        runtime.observer()
                .on(new CoordEvent.TxnFinished(
                        transaction.gid(), transaction.state().isCommit(), runtime.since(start)));
    }

    /** Has the endings that have come written, by log threads that are about to take no more. */
    void flush() {
        endings.flush();
    }
}
