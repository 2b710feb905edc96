package io.coordkit.lock.redlock;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.LockStatus;
import io.coordkit.lock.spi.AdminBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What operators ask of all nodes at once, and what a majority of them says. */
final class RedlockAdmin implements AdminBackend {
    private final RedlockLockBackend backend;
    private final int quorum;

    RedlockAdmin(RedlockLockBackend backend) {
        this.backend = backend;
        this.quorum = backend.nodes().size() / 2 + 1;
    }

    /** A node's vote, as {@code admin-inspect.lua} has it. */
    private record Vote(String candidate, long value, Duration left, int waiters, boolean revoked) {
        static Vote of(List<Object> reply) {
            String text = String.valueOf(reply.get(0));
            boolean revoked = text.startsWith("!");
            String[] parts = text.substring(revoked ? 1 : 0).split(" ", 3);
            return new Vote(
                    parts[0],
                    Long.parseLong(parts[1]),
                    Duration.ofMillis(Math.max(0, Long.parseLong(String.valueOf(reply.get(1))))),
                    Integer.parseInt(String.valueOf(reply.get(2))),
                    revoked);
        }

        String choice() {
            return candidate + " " + value;
        }
    }

    @Override
    public CompletionStage<Optional<LockStatus>> inspect(String name) {
        RedlockKeys keys = RedlockKeys.of(name);
        return fromNodes(node -> node.status(keys)).thenApply(replies -> {
            Map<String, List<Vote>> votes = new HashMap<>();
            replies.stream()
                    .filter(reply -> !reply.isEmpty())
                    .map(Vote::of)
                    .forEach(vote -> votes.computeIfAbsent(vote.choice(), choice -> new ArrayList<>())
                            .add(vote));
            List<Vote> most = votes.values().stream()
                    .max(Comparator.comparingInt(List::size))
                    .orElse(List.of());
            int silent = backend.nodes().size() - replies.size();
            if (most.size() >= quorum) {
                return Optional.of(status(name, most));
            }
            if (!most.isEmpty() && most.size() + silent >= quorum) {
                throw new BackendUnreachableException(
                        most.get(0).candidate() + " has " + most.size() + " votes for '" + name + "', " + quorum
                                + " are needed, and " + silent + " nodes did not answer",
                        null);
            }
            return Optional.empty();
        });
    }

    /** It is free when so many votes have expired that no majority is left. */
    private LockStatus status(String name, List<Vote> votes) {
        List<Duration> longestFirst =
                votes.stream().map(Vote::left).sorted(Comparator.reverseOrder()).toList();
        Vote any = votes.get(0);
        return new LockStatus(
                name,
                any.candidate(),
                any.value(),
                Optional.of(Instant.EPOCH.plus(any.value(), ChronoUnit.MICROS)),
                Optional.of(longestFirst.get(quorum - 1)),
                votes.stream().mapToInt(Vote::waiters).max().orElse(0),
                votes.stream().filter(Vote::revoked).count() >= quorum);
    }

    @Override
    public CompletionStage<List<String>> list(String prefix, int limit) {
        return fromNodes(node -> node.names(prefix)).thenApply(all -> {
            Map<String, Integer> nodes = new HashMap<>();
            for (Set<String> names : all) {
                names.forEach(name -> nodes.merge(name, 1, Integer::sum));
            }
            return nodes.entrySet().stream()
                    .filter(each -> each.getValue() >= quorum)
                    .map(Map.Entry::getKey)
                    .limit(limit)
                    .toList();
        });
    }

    @Override
    public CompletionStage<Boolean> revoke(LockStatus holder, String reason) {
        return byMajority(node -> node.revoke(RedlockKeys.of(holder.name()), holder.holder(), reason));
    }

    @Override
    public CompletionStage<Boolean> delete(LockStatus holder) {
        return byMajority(node -> node.abandon(RedlockKeys.of(holder.name()), holder.holder()));
    }

    /** The answers of those that give one within the node timeout, a majority at least. */
    private <T> CompletableFuture<List<T>> fromNodes(Function<RedlockNode, CompletableFuture<T>> question) {
        List<CompletableFuture<Optional<T>>> asked = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        for (RedlockNode node : backend.nodes()) {
            asked.add(backend.soon(question.apply(node)).handle((answer, failure) -> {
                if (failure != null) {
                    synchronized (silent) {
                        silent.add(node + ": " + RedlockNode.describe(failure));
                    }
                }
                return Optional.ofNullable(answer);
            }));
        }
        return CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> {
                    List<T> answers = asked.stream()
                            .flatMap(answer -> answer.join().stream())
                            .toList();
                    if (answers.size() < quorum) {
                        throw new BackendUnreachableException(
                                "fewer than " + quorum + " nodes answered: " + String.join("; ", silent), null);
                    }
                    return answers;
                });
    }

    /** Whether a majority of the nodes has done it, each if it had voted for that candidate. */
    private CompletionStage<Boolean> byMajority(Function<RedlockNode, CompletableFuture<List<Object>>> act) {
        Tally tally = new Tally(backend.nodes().size());
        for (RedlockNode node : backend.nodes()) {
            var unused = backend.soon(act.apply(node)).whenComplete((reply, failure) -> {
                if (failure != null) {
                    tally.unknown(node, RedlockNode.describe(failure));
                } else if (((Number) reply.get(0)).intValue() == 1) {
                    tally.done();
                } else {
                    tally.refused(node, "it has not voted for that holder");
                }
            });
        }
        return tally.verdict().thenApply(Optional::isEmpty);
    }
}
