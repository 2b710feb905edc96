package io.coordkit.lock.redlock;

import io.coordkit.lock.spi.Renewal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One batch of renewals, sent to all nodes at once. Each candidacy has its answer as soon as it is certain, whoever has
 * not answered by then.
 *
 * <p>Where a node has lost a vote that a majority has just renewed, because it has restarted or was slow, it is asked
 * to vote again: otherwise a lock would be lost when the nodes restart one after the other. This gives no lock to
 * anybody: the vote counts from the next renewal on, if it stands by then.
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
        for (RedlockNode node : backend.nodes()) {
            missing.add(backend.soon(node.renew(candidacies(batch), false))
                    .handle((reply, failure) -> count(node, reply, failure)));
        }
        var unused = CompletableFuture.allOf(missing.toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> {
                    for (int i = 0; i < missing.size(); i++) {
                        voteAgain(backend.nodes().get(i), missing.get(i).join());
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
    private List<Entry> count(RedlockNode node, @Nullable List<Object> reply, @Nullable Throwable failure) {
        List<Entry> missing = new ArrayList<>();
        for (int i = 0; i < batch.size(); i++) {
            Tally tally = batch.get(i).tally();
            if (reply == null) {
                tally.unknown(node, RedlockNode.describe(failure));
            } else if (NodeAnswer.code(reply) != 1) {
                tally.refused(node, NodeAnswer.refusal(reply));
            } else {
                switch (((Number) reply.get(i + 1)).intValue()) {
                    case 1 -> tally.done();
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

    private void voteAgain(RedlockNode node, List<Entry> missing) {
        List<Entry> renewed =
                missing.stream().filter(entry -> entry.tally().hasMajority()).toList();
        List<RedlockCandidacy> again =
                candidacies(renewed).stream().filter(one -> !one.hasLeft()).toList();
        if (!again.isEmpty()) {
            var unused = node.renew(again, true)
                    .thenRun(() -> again.stream()
                            .filter(RedlockCandidacy::hasLeft) // its release may have come before this vote
                            .forEach(one -> {
                                var unusedEnd = node.abandon(one.keys(), one.id());
                            }));
        }
    }

    private static List<RedlockCandidacy> candidacies(List<Entry> entries) {
        return entries.stream().map(Entry::candidacy).toList();
    }
}
