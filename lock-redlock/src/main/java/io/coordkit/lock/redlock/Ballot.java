package io.coordkit.lock.redlock;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Counts the answers to one proposal, and tells the outcome as soon as those that are still out cannot change it.
 *
 * <p>All votes counted here are for one value: votes that a candidate won at different values are no majority.
 * Thread-safe.
 */
final class Ballot {
    private final List<RedlockNode> nodes;
    private final @Nullable NodeAnswer[] answers;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Ballot(List<RedlockNode> nodes) {
        this.nodes = nodes;
        this.answers = new NodeAnswer[nodes.size()];
    }

    /** Completes once, with the first outcome that is certain. */
    CompletableFuture<Outcome> outcome() {
        return outcome;
    }

    void count(int node, NodeAnswer answer) {
        Optional<Outcome> decided;
        synchronized (this) {
            answers[node] = answer;
            decided = decide();
        }
        decided.ifPresent(outcome::complete);
    }

    /** Whether the node has, or may yet have, voted. */
    synchronized boolean mayHaveVoted(int node) {
        NodeAnswer answer = answers[node];
        return answer == null || answer instanceof NodeAnswer.Voted || answer instanceof NodeAnswer.Absent;
    }

    private Optional<Outcome> decide() {
        int quorum = answers.length / 2 + 1;
        int votes = 0;
        int free = 0;
        int out = 0;
        long highWater = 0;
        List<String> absent = new ArrayList<>();
        Map<String, List<NodeAnswer.Taken>> taken = new HashMap<>();
        for (int i = 0; i < answers.length; i++) {
            NodeAnswer answer = answers[i];
            if (answer == null) {
                out++;
            } else if (answer instanceof NodeAnswer.Voted) {
                votes++;
            } else if (answer instanceof NodeAnswer.TooLow low) {
                free++;
                highWater = Math.max(highWater, low.highWater());
            } else if (answer instanceof NodeAnswer.Taken by) {
                taken.computeIfAbsent(by.holder(), holder -> new ArrayList<>()).add(by);
            } else if (answer instanceof NodeAnswer.Absent one) {
                absent.add(nodes.get(i) + ": " + one.why());
            }
        }
        if (votes >= quorum) {
            return Optional.of(new Outcome.Won());
        }
        if (absent.size() > answers.length - quorum) {
            return Optional.of(new Outcome.NoQuorum("fewer than " + quorum + " of " + answers.length
                    + " nodes can vote: " + String.join("; ", absent)));
        }
        for (List<NodeAnswer.Taken> votesOfOne : taken.values()) {
            if (votesOfOne.size() >= quorum) {
                return Optional.of(new Outcome.Held(votesOfOne.stream()
                        .map(NodeAnswer.Taken::left)
                        .max(Comparator.naturalOrder())
                        .orElseThrow()));
            }
        }
        if (votes + out >= quorum) {
            return Optional.empty();
        }
        if (votes + free >= quorum) {
            return Optional.of(new Outcome.Outbid(highWater));
        }
        return out > 0 ? Optional.empty() : Optional.of(new Outcome.Split());
    }
}
