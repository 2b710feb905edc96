package io.coordkit.txn.tcc;

import io.coordkit.txn.Payload;
import io.coordkit.txn.TccTransaction;
import io.coordkit.txn.spi.TxnBranch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Collects the branches while the body runs. */
final class Enlistment implements TccTransaction {
    private final String gid;
    private final Set<String> participants;
    private final List<TxnBranch> branches = new ArrayList<>();
    private boolean ended;

    Enlistment(String gid, Set<String> participants) {
        this.gid = gid;
        this.participants = participants;
    }

    @Override
    public String gid() {
        return gid;
    }

    @Override
    public String enlist(String participant, byte[] payload) {
        if (ended) {
            throw new IllegalStateException("Transaction '" + gid + "' takes no more branches: its body has returned");
        }
        if (!participants.contains(participant)) {
            throw new IllegalArgumentException("participant must be one of "
                    + participants.stream().sorted().toList() + ", was '" + participant + "'");
        }
        // Numbers in the order of enlisting: a body that is run again names the same work the same.
        String id = Integer.toString(branches.size() + 1);
        branches.add(new TxnBranch(id, participant, Payload.of(payload)));
        return id;
    }

    List<TxnBranch> end() {
        ended = true;
        return List.copyOf(branches);
    }
}
