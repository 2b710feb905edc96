package io.coordkit.txn.twophase;

import io.coordkit.time.Scheduler;
import io.coordkit.time.Scheduler.Scheduled;
import io.coordkit.txn.LocalWork;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase.TwoPhaseBody;
import io.coordkit.txn.TwoPhase.TwoPhaseCall;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.coordinator.Coordinator;
import io.coordkit.txn.coordinator.Start;
import io.coordkit.txn.coordinator.Terms;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnNames;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One transaction before it runs. */
final class TwoPhaseRun implements TwoPhaseCall {
    private final String gid;
    private final Coordinator coordinator;
    private final Map<String, OpenDatabase> databases;
    private final @Nullable OnePhase alone;
    private final Scheduler scheduler;
    private final ThreadLocal<XaTransaction> current;
    private Terms terms = Terms.DEFAULTS;

    /**
     * @param alone for what is over one database alone; null to commit that in two phases as well
     * @param current the transaction in whose body a thread is
     */
    TwoPhaseRun(
            String gid,
            Coordinator coordinator,
            Map<String, OpenDatabase> databases,
            @Nullable OnePhase alone,
            Scheduler scheduler,
            ThreadLocal<XaTransaction> current) {
        this.gid = TxnNames.gid(gid);
        this.coordinator = coordinator;
        this.databases = databases;
        this.alone = alone;
        this.scheduler = scheduler;
        this.current = current;
    }

    @Override
    public TwoPhaseCall timeout(Duration timeout) {
        terms = terms.withTimeout(timeout);
        return this;
    }

    @Override
    public TwoPhaseCall awaitPhase2(Duration patience) {
        terms = terms.withPatience(patience);
        return this;
    }

    @Override
    public TwoPhaseCall threePhase() {
        terms = terms.threePhase();
        return this;
    }

    @Override
    public <T> Outcome<T> run(TwoPhaseBody<T> body) throws InterruptedException {
        XaTransaction outer = current.get();
        if (outer != null) {
            return new Outcome.Joined<>(outer.gid(), call(body, outer));
        }
        return begin(body, coordinator::run, alone);
    }

    @Override
    public <T> Outcome<T> run(TwoPhaseBody<T> body, LocalWork<T> work) throws InterruptedException {
        XaTransaction outer = current.get();
        if (outer != null) {
            throw new IllegalStateException("Transaction '" + gid + "' cannot be decided with its own work inside '"
                    + outer.gid() + "': run it after that one, or do the work there");
        }
        return begin(body, coordinator.with(work), null);
    }

    private <T> Outcome<T> begin(TwoPhaseBody<T> body, Coordinator.Runner<T> runner, @Nullable OnePhase onePhase)
            throws InterruptedException {
        Start start = coordinator.start(terms);
        XaTransaction tx = new XaTransaction(gid, coordinator, databases, start);
        boolean handedOver = false;
        try {
            T value = inside(body, tx);
            Optional<XaTransaction.Lone> lone = onePhase == null ? Optional.empty() : tx.lone();
            if (onePhase != null && lone.isPresent() && coordinator.outcome(gid).isEmpty()) {
                OpenDatabase database = lone.get().database();
                CompletionStage<TxnStatus> decision =
                        database.work(() -> onePhase.commit(database, lone.get().branch(), coordinator));
                handedOver = true;
                return coordinator.alone(gid, start, value, decision);
            }
            if (alone != null && tx.isKnown(alone)) {
                tx.rollback(); // whose locks the question might wait for
                return Coordinator.answer(alone.resolve(gid, "resolved by another run of it", coordinator), value);
            }
            List<TxnBranch> branches = tx.end();
            handedOver = true;
            return runner.run(gid, start, branches, value);
        } catch (IllegalStateException e) {
            handedOver = false; // the coordinator takes no more; what is prepared is not touched
            throw e;
        } finally {
            if (!handedOver) {
                tx.rollback();
            }
        }
    }

    private <T> T inside(TwoPhaseBody<T> body, XaTransaction tx) {
        Scheduled end = scheduler.schedule(terms.timeout(), tx::expire);
        current.set(tx);
        try {
            return call(body, tx);
        } finally {
            current.remove();
            end.cancel();
        }
    }

    private static <T> T call(TwoPhaseBody<T> body, XaTransaction tx) {
        try {
            return body.run(tx);
        } catch (SQLException e) {
            throw new TxnException(
                    "The body of transaction '" + tx.gid() + "' failed, and is rolled back: " + e.getMessage(), e);
        }
    }
}
