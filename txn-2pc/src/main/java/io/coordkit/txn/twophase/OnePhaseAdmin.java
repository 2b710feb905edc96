package io.coordkit.txn.twophase;

import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnDetails;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Forces nothing that a database has decided alone. What such a one has committed is finished, and never listed. */
record OnePhaseAdmin(TxnAdmin log, OnePhase alone) implements TxnAdmin {
    @Override
    public List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        return log.list(states, minAge, limit);
    }

    @Override
    public List<TxnStatus> needingAttention(int limit) {
        return log.needingAttention(limit);
    }

    @Override
    public Optional<TxnDetails> show(String gid) {
        return log.show(gid)
                .or(() ->
                        alone.committed(gid).map(status -> new TxnDetails(status, 1, "its database alone", List.of())));
    }

    @Override
    public boolean retry(String gid) {
        return log.retry(gid);
    }

    @Override
    public TxnStatus force(String gid, boolean commit, String reason) {
        TxnAdmin.requireReason(reason);
        if (log.show(gid).isPresent()) {
            return log.force(gid, commit, reason);
        }
        Optional<TxnStatus> standing = commit ? alone.committed(gid) : alone.prevent(gid, "forced: " + reason);
        if (standing.isEmpty()) {
            return log.force(gid, commit, reason);
        }
        if (!commit) {
            throw new IllegalStateException("Transaction '" + gid + "' is decided, COMMIT by its database alone, and a"
                    + " decision is never contradicted");
        }
        return standing.get();
    }
}
