package io.coordkit.txn.coordinator;

import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.TxnBranch;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Collects the branches of a transaction while its body runs. Not thread-safe. */
public final class Enlistment {
    private final String gid;
    private final Set<String> participants;
    private final List<TxnBranch> branches = new ArrayList<>();
    private boolean ended;

    /** @param participants the names that can be enlisted */
    public Enlistment(String gid, Set<String> participants) {
        this.gid = gid;
        this.participants = participants;
    }

    /** The transaction's. */
    public String gid() {
        return gid;
    }

    /**
     * Adds a branch.
     *
     * @return its id, a number in the order of enlisting: a body that is run again names the same work the same
     * @throws IllegalArgumentException if no participant of that name is known
     */
    public String enlist(String participant, byte[] payload) {
        if (!participants.contains(participant)) {
            throw new IllegalArgumentException("participant must be one of "
                    + participants.stream().sorted().toList() + ", was '" + participant + "'");
        }
        String id = Integer.toString(next());
        add(new TxnBranch(id, participant, Payload.of(payload)));
        return id;
    }

    /** The number of the next branch, from 1. */
    public int next() {
        if (ended) {
            throw new IllegalStateException("Transaction '" + gid + "' takes no more branches: its body has returned");
        }
        return branches.size() + 1;
    }

    /** Adds a branch with an id of its own. */
    public void add(TxnBranch branch) {
        branches.add(branch);
    }

    /** No more are taken. */
    public List<TxnBranch> end() {
        ended = true;
        return List.copyOf(branches);
    }
}
