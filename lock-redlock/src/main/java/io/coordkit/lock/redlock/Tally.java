package io.coordkit.lock.redlock;

import io.coordkit.BackendUnreachableException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Counts which nodes have done something, until it is certain whether a majority has. Thread-safe. */
final class Tally {
    private final int nodes;
    private final int quorum;
    private final CompletableFuture<Optional<String>> verdict = new CompletableFuture<>();
    private final List<String> reasons = new ArrayList<>();
    private int done;
    private int refused;
    private int unknown;

    Tally(int nodes) {
        this.nodes = nodes;
        this.quorum = nodes / 2 + 1;
    }

    /**
     * Completes as soon as it is certain: empty if a majority has done it, the reasons if so many have refused that
     * none can; exceptionally if it stays unknown.
     */
    CompletableFuture<Optional<String>> verdict() {
        return verdict;
    }

    /** Whether a majority has done it by now. */
    synchronized boolean hasMajority() {
        return done >= quorum;
    }

    void done() {
        synchronized (this) {
            done++;
        }
        settle();
    }

    void refused(RedlockNode node, String why) {
        synchronized (this) {
            refused++;
            reasons.add(node + ": " + why);
        }
        settle();
    }

    /** It did not answer: it may have done it or not. */
    void unknown(RedlockNode node, String why) {
        synchronized (this) {
            unknown++;
            reasons.add(node + ": " + why);
        }
        settle();
    }

    private void settle() {
        boolean impossible;
        boolean complete;
        String why;
        synchronized (this) {
            impossible = nodes - refused < quorum;
            complete = done + refused + unknown == nodes;
            why = done + " of " + nodes + " nodes have agreed, " + quorum + " are needed; "
                    + String.join("; ", reasons);
        }
        if (hasMajority()) {
            verdict.complete(Optional.empty());
        } else if (impossible) {
            verdict.complete(Optional.of(why));
        } else if (complete) {
            verdict.completeExceptionally(new BackendUnreachableException(why, null));
        }
    }
}
