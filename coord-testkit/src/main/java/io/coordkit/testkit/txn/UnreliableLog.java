package io.coordkit.testkit.txn;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A log whose next decision, or all beginnings, get no answer, written or not. Thread-safe. */
final class UnreliableLog implements TxnLog {
    /** What becomes of a call that gets no answer. */
    enum Fate {
        ANSWERED,
        WRITTEN,
        NOT_WRITTEN
    }

    private final TxnLog log;
    private volatile Fate beginnings = Fate.ANSWERED;
    private volatile Fate nextDecision = Fate.ANSWERED;

    UnreliableLog(TxnLog log) {
        this.log = log;
    }

    void beginnings(Fate fate) {
        beginnings = fate;
    }

    void nextDecision(Fate fate) {
        nextDecision = fate;
    }

    @Override
    public void begin(String gid, Duration timeout, List<TxnBranch> branches) {
        Fate fate = beginnings;
        if (fate != Fate.NOT_WRITTEN) {
            log.begin(gid, timeout, branches);
        }
        if (fate != Fate.ANSWERED) {
            throw new TxnException("The log did not answer the begin of '" + gid + "'", null);
        }
    }

    @Override
    public Decision decide(String gid, Decision proposed) {
        Fate fate = nextDecision;
        nextDecision = Fate.ANSWERED;
        Decision standing = fate == Fate.NOT_WRITTEN ? proposed : log.decide(gid, proposed);
        if (fate != Fate.ANSWERED) {
            throw new TxnException("The log did not answer the decision of '" + gid + "'", null);
        }
        return standing;
    }

    @Override
    public void finish(List<String> gids) {
        log.finish(gids);
    }

    @Override
    public Optional<TxnStatus> status(String gid) {
        return log.status(gid);
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        return log.unfinished(limit);
    }

    @Override
    public Optional<TxnRecord> takeOver(String gid) {
        return log.takeOver(gid);
    }

    @Override
    public void close() {
        log.close();
    }
}
