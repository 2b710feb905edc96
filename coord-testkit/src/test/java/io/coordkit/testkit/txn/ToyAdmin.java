package io.coordkit.testkit.txn;

import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnDetails;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.spi.TxnRecord;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** What people can do about the toy's transactions, with one fault. */
final class ToyAdmin implements TxnAdmin {
    private final TxnLog log;
    private final CoordinatorFault fault;
    private final TxnProposal abort;
    private final Consumer<TxnRecord> carryOut;

    /** @param abort of any gid, with the toy as its coordinator */
    ToyAdmin(TxnLog log, CoordinatorFault fault, TxnProposal abort, Consumer<TxnRecord> carryOut) {
        this.log = log;
        this.fault = fault;
        this.abort = abort;
        this.carryOut = carryOut;
    }

    @Override
    public List<TxnStatus> list(Set<TxnState> states, Duration minAge, int limit) {
        return log.list(states, minAge, limit);
    }

    @Override
    public List<TxnStatus> needingAttention(int limit) {
        return log.unfinished(Integer.MAX_VALUE).stream()
                .filter(TxnStatus::needsAttention)
                .limit(limit)
                .toList();
    }

    @Override
    public Optional<TxnDetails> show(String gid) {
        return log.find(gid)
                .map(record -> new TxnDetails(
                        log.status(gid).orElseThrow(),
                        record.epoch(),
                        record.coordinator(),
                        record.branches().stream()
                                .map(branch -> new TxnDetails.Branch(branch.id(), branch.participant(), false, 0, ""))
                                .toList()));
    }

    @Override
    public boolean retry(String gid) {
        Optional<TxnRecord> taken = log.retry(gid, abort.coordinator());
        taken.ifPresent(carryOut);
        return taken.isPresent();
    }

    @Override
    public TxnStatus force(String gid, boolean commit, String reason) {
        Optional<TxnRecord> standing = log.find(gid);
        if (standing.isEmpty() && !commit) {
            log.decide(new TxnProposal(
                    gid, abort.aborting(reason).decision(), abort.deadline(), abort.coordinator(), List.of()));
        } else if (standing.isEmpty()
                || (standing.get().state().isCommit() != commit
                        && fault != CoordinatorFault.T62_FORCES_AGAINST_THE_DECISION)) {
            throw new IllegalStateException(gid + " is " + standing);
        } else {
            log.finishByHand(gid, reason);
        }
        return log.status(gid).orElseThrow();
    }
}
