package io.coordkit.txn.tcc;

import io.coordkit.txn.LocalWork;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc.TccBody;
import io.coordkit.txn.Tcc.TccCall;
import io.coordkit.txn.coordinator.Coordinator;
import io.coordkit.txn.coordinator.Enlistment;
import io.coordkit.txn.coordinator.Terms;
import io.coordkit.txn.spi.TxnNames;
import java.time.Duration;

/** One transaction before it runs. */
final class TccRun implements TccCall {
    private final String gid;
    private final Coordinator coordinator;
    private final ThreadLocal<TccEnlistment> current;
    private Terms terms = Terms.DEFAULTS;

    /** @param current the transaction in whose body a thread is */
    TccRun(String gid, Coordinator coordinator, ThreadLocal<TccEnlistment> current) {
        this.gid = TxnNames.gid(gid);
        this.coordinator = coordinator;
        this.current = current;
    }

    @Override
    public TccCall timeout(Duration timeout) {
        terms = terms.withTimeout(timeout);
        return this;
    }

    @Override
    public TccCall awaitPhase2(Duration patience) {
        terms = terms.withPatience(patience);
        return this;
    }

    @Override
    public <T> Outcome<T> run(TccBody<T> body) throws InterruptedException {
        TccEnlistment outer = current.get();
        if (outer != null) {
            return new Outcome.Joined<>(outer.gid(), body.run(outer));
        }
        return begin(body, coordinator::run);
    }

    @Override
    public <T> Outcome<T> run(TccBody<T> body, LocalWork<T> work) throws InterruptedException {
        TccEnlistment outer = current.get();
        if (outer != null) {
            throw new IllegalStateException("Transaction '" + gid + "' cannot be decided with its own work inside '"
                    + outer.gid() + "': run it after that one, or do the work there");
        }
        return begin(body, coordinator.with(work));
    }

    private <T> Outcome<T> begin(TccBody<T> body, Coordinator.Runner<T> runner) throws InterruptedException {
        Enlistment enlistment = new Enlistment(gid, coordinator.participants());
        T value;
        current.set(new TccEnlistment(enlistment));
        try {
            value = body.run(current.get());
        } finally {
            current.remove();
        }
        return runner.run(gid, coordinator.start(terms), enlistment.end(), value);
    }
}
