package io.coordkit.lock.redlock;

import io.coordkit.lock.spi.Renewal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One batch of renewals, sent to all nodes at once. Each candidacy has its answer as soon as it is certain, whoever has
 * not answered by then.
 *
 * <p>A node that has not voted for a holder, because it was away or had voted for another, is asked to with each renewal:
 * so who was elected by a bare majority soon holds by all, and a node that fails then takes nothing from him. Such a vote
 * counts like any other. Nobody else can have had a majority since the last renewal, for until its votes expire the
 * nodes that gave them vote for nobody else, those that have lost them for nobody at all.
 *
 * <p>A node that has voted and has lost the vote is asked again only when a majority has just renewed, so that a lock that
 * somebody has deleted stays deleted; and then that vote counts from the next renewal on, if it stands by then.
 */
final class RedlockRenewals {
    private final RedlockLockBackend backend;
    private final List<Entry> batch;

    /** One candidacy and what is known of its renewal. */
    private record Entry(RedlockCandidacy candidacy, Tally tally) {}

    RedlockRenewals(RedlockLockBackend backend, List<RedlockCandidacy> due) {
        this.backend = backend;
        this.batch = due.stream()
                .map(one -> new Entry(one, new Tally(backend.nodes().size())))
                .toList();
    }

    /** Sends it; the answers are in the order of the batch. */
    List<CompletionStage<Renewal>> send() {
        List<CompletableFuture<List<Entry>>> missing = new ArrayList<>();
        for (int i = 0; i < backend.nodes().size(); i++) {
            int node = i;
            List<RedlockCandidacy> all = candidacies(batch);
            missing.add(backend.soon(voteOrLeave(node, all, one -> !one.hasLeft() && !one.hasVoteOf(node)))
                    .handle((reply, failure) -> count(node, reply, failure)));
        }
        var unused = CompletableFuture.allOf(missing.toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> {
                    for (int i = 0; i < missing.size(); i++) {
                        voteAgain(i, missing.get(i).join());
                    }
                });
        return batch.stream().map(RedlockRenewals::renewal).toList();
    }

    private static CompletionStage<Renewal> renewal(Entry entry) {
        return entry.tally()
                .verdict()
                .thenApply(refusal -> refusal.<Renewal>map(Renewal.Gone::new)
                        .orElseGet(() -> new Renewal.Extended(entry.candidacy().ttl())));
    }

    /** Counts a node's answers; which votes it has lost. */
    private List<Entry> count(int index, @Nullable List<Object> reply, @Nullable Throwable failure) {
        RedlockNode node = backend.nodes().get(index);
        List<Entry> missing = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Tally tally = batch.get(i).tally();
            if (reply == null) {
                tally.unknown(node, RedlockNode.describe(failure));
            } else if (NodeAnswer.code(reply) != 1) {
                tally.refused(node, NodeAnswer.refusal(reply));
            } else if (reply.get(i + 1) instanceof String reason) {
                tally.refused(node, "it was released by force: " + reason);
            } else {
                switch (((Number) reply.get(i + 1)).intValue()) {
                    case 1 -> {
                        batch.get(i).candidacy().votedBy(index);
                        tally.done();
                    }
                    case 2 -> tally.refused(node, "another has it");
                    default -> {
                        missing.add(batch.get(i));
                        tally.refused(node, "it is gone: expired, deleted or lost in a restart");
                    }
                }
            }
        }
        return missing;
    }

    private void voteAgain(int node, List<Entry> missing) {
        List<RedlockCandidacy> again = missing.stream()
                .filter(entry -> entry.tally().hasMajority())
                .map(Entry::candidacy)
                .filter(one -> !one.hasLeft())
                .toList();
        if (!again.isEmpty()) {
            var unused = voteOrLeave(node, again, one -> true);
        }
    }

    /** Renews; whoever has left meanwhile takes back what his release may have come before. */
    private CompletableFuture<List<Object>> voteOrLeave(
            int index, List<RedlockCandidacy> together, Predicate<RedlockCandidacy> votes) {
        RedlockNode node = backend.nodes().get(index);
        Set<RedlockCandidacy> voting = together.stream().filter(votes).collect(Collectors.toSet());
        return node.renew(together, voting::contains)
                .whenComplete((reply, failure) -> voting.stream()
                        .filter(RedlockCandidacy::hasLeft)
                        .forEach(one -> {
                            var unused = node.abandon(one.keys(), one.id());
                        }));
    }

    private static List<RedlockCandidacy> candidacies(List<Entry> entries) {
        return entries.stream().map(Entry::candidacy).toList();
    }
}
