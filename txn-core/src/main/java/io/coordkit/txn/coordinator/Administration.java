package io.coordkit.txn.coordinator;

import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnDetails;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What people may see and do, by way of the log and of what is at work here. Thread-safe. */
final class Administration implements TxnAdmin {
    private static final Logger log = LoggerFactory.getLogger(Administration.class);
    private static final Set<TxnState> UNFINISHED = EnumSet.of(TxnState.COMMITTING, TxnState.ABORTING);

    private final CoordinatorRuntime runtime;
    private final Carriage carriage;

    Administration(CoordinatorRuntime runtime, Carriage carriage) {
        this.runtime = runtime;
        this.carriage = carriage;
    }

    private <T> T ask(Supplier<T> question) {
        return runtime.threads().askLog(question);
    }

    @Override
    public List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        return ask(() -> runtime.log().list(states, minAge, limit));
    }

    @Override
    public List<TxnStatus> needingAttention(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or greater, was " + limit);
        }
        return list(UNFINISHED, Duration.ZERO, Integer.MAX_VALUE).stream()
                .filter(TxnStatus::needsAttention)
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<TxnDetails> show(String gid) {
        TxnNames.gid(gid);
        return ask(() -> runtime.log().find(gid).map(transaction -> details(transaction, status(gid))));
    }

    private TxnStatus status(String gid) {
        return runtime.log()
                .status(gid)
                .orElseThrow(() -> new TxnException("Transaction '" + gid + "' has left the log meanwhile", null));
    }

    private TxnDetails details(TxnRecord transaction, TxnStatus status) {
        List<TxnDetails.Branch> branches = carriage.progress(transaction).stream()
                .map(BranchProgress::details)
                .toList();
        return new TxnDetails(status, transaction.epoch(), transaction.coordinator(), branches);
    }

    @Override
    public boolean retry(String gid) {
        TxnNames.gid(gid);
        return ask(() -> carriage.retry(gid));
    }

    @Override
    public TxnStatus force(String gid, boolean commit, String reason) {
        TxnNames.gid(gid);
        TxnAdmin.requireReason(reason);
        return ask(() -> forced(gid, commit, reason));
    }

    private TxnStatus forced(String gid, boolean commit, String reason) {
        if (commit && runtime.log().status(gid).isEmpty()) {
            throw new IllegalStateException("Transaction '" + gid
                    + "' is not decided: its branches are not known here, so it cannot be committed, only cancelled");
        }
        TxnRecord standing = runtime.log()
                .decide(new TxnProposal(
                        gid,
                        Decision.abort("forced: " + reason),
                        runtime.deadline(TxnProposal.MAX_TIMEOUT),
                        runtime.membership().coordinator(),
                        List.of()));
        if (standing.state().isCommit() != commit) {
            throw new IllegalStateException("Transaction '" + gid + "' is decided, " + standing.decision()
                    + ", and a decision is never contradicted");
        }
        if (!standing.state().isFinished()) {
            String open = carriage.progress(standing).stream()
                    .filter(branch -> !branch.acknowledged())
                    .map(BranchProgress::toString)
                    .collect(Collectors.joining("; "));
            log.warn("Transaction {}: ended by hand, {}; open: {}", gid, reason, open);
            runtime.log().finishByHand(gid, "ended by hand: " + reason + "; open: " + open);
            carriage.stop(gid);
        }
        return status(gid);
    }
}
