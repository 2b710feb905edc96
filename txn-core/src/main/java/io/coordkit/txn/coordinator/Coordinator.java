package io.coordkit.txn.coordinator;

import io.coordkit.observe.CoordEvent;
import io.coordkit.txn.LocalWork;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.LogInquiries;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnProposal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the branches of a transaction vote, decides, and carries the decision out; the same for every kind of transaction.
 * What it promises is written at those kinds' own coordinators. Made by a {@link CoordinatorBuilder}. Thread-safe.
 */
public final class Coordinator implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Coordinator.class);

    private final CoordinatorRuntime runtime;
    private final Transactions transactions;

    Coordinator(CoordinatorRuntime runtime) {
        this.runtime = runtime;
        this.transactions = new Transactions(runtime);
    }

    void recover() {
        transactions.recover();
    }

    /** The names of those that can be enlisted. */
    public Set<String> participants() {
        return runtime.participants().keySet();
    }

    /** How long finished transactions are remembered. */
    public Duration retention() {
        return runtime.retention();
    }

    /** The name of its log. */
    public String home() {
        return runtime.home();
    }

    /** This coordinator as the log knows it. */
    public String name() {
        return runtime.membership().coordinator();
    }

    /** A transaction begins now. */
    public Start start(Terms terms) {
        return transactions.start(terms);
    }

    /**
     * Has the branches vote, decides, and answers.
     *
     * @param value of a committed outcome
     * @throws InterruptedException if interrupted before the decision: the transaction is aborted
     */
    public <T> Outcome<T> run(String gid, Start start, List<TxnBranch> branches, T value) throws InterruptedException {
        return transactions.run(gid, start, branches, value, Deciding.inLog(runtime));
    }

    /**
     * Answers a transaction of one branch, which its resource decides about by itself. Waits for it until the deadline, and
     * through interrupts, which are kept for later.
     *
     * @param deciding what stands then; fails if that is not known
     */
    public <T> Outcome<T> alone(String gid, Start start, T value, CompletionStage<TxnStatus> deciding) {
        runtime.observer().on(new CoordEvent.TxnBegan(gid, 1));
        TxnStatus standing;
        try {
            Duration left = start.terms().timeout().minus(runtime.since(start.nanos()));
            standing = deciding.toCompletableFuture()
                    .copy()
                    .orTimeout(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            log.warn(
                    "Transaction {}: its only resource did not say what became of it; ask for its outcome", gid, cause);
            return new Outcome.Unknown<>(gid, cause);
        }
        boolean committed = standing.state().isCommit();
        Duration since = runtime.since(start.nanos());
        runtime.observer().on(new CoordEvent.TxnDecided(gid, committed, standing.reason(), since));
        runtime.observer().on(new CoordEvent.TxnFinished(gid, committed, since));
        return answer(standing, value);
    }

    /** What whoever runs a transaction again is told of it. */
    public static <T> Outcome<T> answer(TxnStatus standing, T value) {
        return standing.state().isCommit()
                ? new Outcome.Committed<>(standing.gid(), value)
                : new Outcome.Aborted<>(standing.gid(), standing.reason());
    }

    /**
     * How transactions whose decision is written along with that work are run.
     *
     * @throws IllegalStateException if the log cannot do that
     */
    public <T> Runner<T> with(LocalWork<T> work) {
        Deciding<T> deciding = Deciding.with(work, runtime);
        return (gid, start, branches, value) -> transactions.run(gid, start, branches, value, deciding);
    }

    /** Runs transactions as {@link Coordinator#run} does, and work of the caller's along with the decision. */
    @FunctionalInterface
    public interface Runner<T> {
        /**
         * Has the branches vote, decides, and answers.
         *
         * @throws InterruptedException if interrupted before the decision: the transaction is aborted
         */
        Outcome<T> run(String gid, Start start, List<TxnBranch> branches, T value) throws InterruptedException;
    }

    /** What the log says of a transaction; empty if it is not decided. Reads only. */
    public Optional<TxnStatus> outcome(String gid) {
        TxnNames.gid(gid);
        return runtime.threads().askLog(() -> runtime.log().status(gid));
    }

    /** What stands of a transaction; one that is not decided is aborted. */
    public TxnStatus resolve(String gid) {
        TxnProposal abort = new TxnProposal(
                gid,
                Decision.abort("resolved before it was decided"),
                runtime.deadline(TxnProposal.MAX_TIMEOUT),
                runtime.membership().coordinator(),
                List.of());
        return runtime.threads().askLog(() -> {
            runtime.log().decide(abort);
            return runtime.log().status(gid).orElseThrow();
        });
    }

    /** The transactions that are decided and not finished, oldest first, at most {@code limit}. */
    public List<TxnStatus> unfinished(int limit) {
        return runtime.threads().askLog(() -> runtime.log().unfinished(limit));
    }

    /** Answers participants that ask for outcomes. */
    public InquiryEndpoint inquiries() {
        return LogInquiries.on(runtime.log(), runtime.threads()::onLogThread);
    }

    /** For people who look after transactions. */
    public TxnAdmin admin() {
        return new Administration(runtime, transactions.carriage());
    }

    /** Aborts what is being voted on, for at most 10 s, and stops. What is unfinished stays in the log. Idempotent. */
    @Override
    public void close() {
        if (transactions.close()) {
            runtime.afterClose().run();
        }
    }
}
