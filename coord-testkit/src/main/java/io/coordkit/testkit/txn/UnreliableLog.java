package io.coordkit.testkit.txn;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** A log whose next decision gets no answer, written or not, and that remembers what it was asked. Thread-safe. */
final class UnreliableLog extends DelegatingTxnLog {
    /** What becomes of a call that gets no answer. */
    enum Fate {
        ANSWERED,
        WRITTEN,
        NOT_WRITTEN
    }

    private final Queue<String> calls = new ConcurrentLinkedQueue<>();
    private volatile Fate nextDecision = Fate.ANSWERED;

    UnreliableLog(TxnLog log) {
        super(log);
    }

    void nextDecision(Fate fate) {
        nextDecision = fate;
    }

    /** How often the call of that name was made. */
    long calls(String name) {
        return calls.stream().filter(name::equals).count();
    }

    @Override
    <T> T through(String name, Supplier<T> call) {
        calls.add(name);
        return super.through(name, call);
    }

    @Override
    public TxnRecord decide(TxnProposal proposal) {
        Fate fate = nextDecision;
        nextDecision = Fate.ANSWERED;
        if (fate == Fate.ANSWERED) {
            return super.decide(proposal);
        }
        if (fate == Fate.WRITTEN) {
            super.decide(proposal);
        }
        throw new TxnException("The log did not answer the decision of '" + proposal.gid() + "'", null);
    }
}
