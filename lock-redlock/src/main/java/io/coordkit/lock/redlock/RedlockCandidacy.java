package io.coordkit.lock.redlock;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one lock, with a vote on each node.
 *
 * <p>A request proposes a value to all nodes at once. A majority at that one value is the grant. Where a node is past
 * that value, it proposes a higher one at once; where the votes are split, it takes its own back and proposes again
 * after a random time. Each proposal has a value of its own, so that a late answer to one is never taken for another,
 * nor can taking a vote back hit a later one.
 *
 * <p>What goes to one node goes one after the other: a release that overtook its vote would leave the vote behind. A
 * node that hangs gets it when it answers again, or forgets the vote by its TTL. The core calls one call after the
 * other.
 */
final class RedlockCandidacy implements Candidacy {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(8);
    private static final NodeAnswer LATE = new NodeAnswer.Absent("no answer in time");
    private static final int LAST_DOUBLING = 8;

    private final RedlockLockBackend backend;
    private final RedlockKeys keys;
    private final String id;
    private final Duration ttl;
    private final Runnable wake;
    private final Set<Integer> voters = ConcurrentHashMap.newKeySet();
    private final AtomicReferenceArray<CompletableFuture<?>> underWay;
    private final AtomicReferenceArray<@Nullable CompletableFuture<?>> releases;
    private volatile boolean asked;
    private volatile boolean left;
    private volatile long granted;
    private volatile long grantedAt;
    private final AtomicInteger splits = new AtomicInteger();

    RedlockCandidacy(RedlockLockBackend backend, String name, String id, Duration ttl, Runnable wake) {
        this.backend = backend;
        this.keys = RedlockKeys.of(name);
        this.id = id;
        this.ttl = ttl;
        this.wake = wake;
        CompletableFuture<?>[] nothing =
                new CompletableFuture<?>[backend.nodes().size()];
        Arrays.fill(nothing, CompletableFuture.completedFuture(null));
        this.underWay = new AtomicReferenceArray<>(nothing);
        this.releases = new AtomicReferenceArray<>(nothing.length);
    }

    RedlockKeys keys() {
        return keys;
    }

    String id() {
        return id;
    }

    Duration ttl() {
        return ttl;
    }

    String ttlMillis() {
        return Long.toString(ttl.toMillis());
    }

    /** What stands in the nodes that have voted for it. */
    String vote() {
        return id + " " + granted;
    }

    /** Whether that node has voted for what it holds. */
    boolean hasVoteOf(int node) {
        return voters.contains(node);
    }

    void votedBy(int node) {
        voters.add(node);
    }

    boolean hasLeft() {
        return left;
    }

    void wake() {
        wake.run();
    }

    // ---- asking -----------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<Answer> request() {
        try {
            backend.options().requireTtl(ttl);
        } catch (ConfigurationException e) {
            return CompletableFuture.failedStage(e);
        }
        asked = true;
        backend.wakeups().listen(this); // before it is queued: the wake-up may overtake the answer
        return propose(backend.now());
    }

    private CompletionStage<Answer> propose(long askedAt) {
        long sentAt = backend.now(); // before the clock is read: how old a value may be when it is voted for matters
        if (sentAt - grantedAt > ttl.toNanos()) {
            granted = 0;
        }
        long value = granted != 0 ? granted : backend.proposal();
        Ballot ballot = vote(value, sentAt);
        return ballot.outcome().thenCompose(outcome -> {
            if (outcome instanceof Outcome.Won) {
                granted = value;
                grantedAt = sentAt;
                backend.wakeups().forget(this);
                return CompletableFuture.completedStage(new Answer.Granted(value, ttl));
            }
            granted = 0; // it was, and came too late or was lost: the repeat is a new proposal
            if (outcome instanceof Outcome.Outbid outbid) {
                backend.outbid(outbid.highWater());
                if (mayGoOn(askedAt)) {
                    return propose(askedAt);
                }
            }
            withdraw(ballot, value);
            if (outcome instanceof Outcome.NoQuorum noQuorum) {
                return CompletableFuture.failedStage(new BackendUnreachableException(noQuorum.why(), null));
            }
            if (outcome instanceof Outcome.Held held) {
                return pending(held.left().plusMillis(1));
            }
            Duration pause = pause();
            return mayGoOn(askedAt) ? proposeAfter(pause, askedAt) : pending(pause);
        });
    }

    /** Sends the proposal to all nodes. */
    private Ballot vote(long value, long sentAt) {
        Ballot ballot = new Ballot(backend.nodes());
        if (value != granted) {
            voters.clear();
        }
        for (int i = 0; i < backend.nodes().size(); i++) {
            int node = i;
            CompletableFuture<List<Object>> vote = backend.nodes().get(i).vote(keys, id, value, ttlMillis());
            alongside(i, vote);
            var unused = backend.soon(vote)
                    .thenApply(reply -> backend.isLate(sentAt) ? LATE : NodeAnswer.of(reply))
                    .exceptionally(failure -> new NodeAnswer.Absent(RedlockNode.describe(failure)))
                    .thenAccept(answer -> {
                        if (answer instanceof NodeAnswer.Voted) {
                            votedBy(node); // if this is an answer to an earlier proposal, renewals ask that node in
                            // vain
                        }
                        ballot.count(node, answer);
                    });
        }
        return ballot;
    }

    /** Rounds go on for one node timeout at most: the grant counts from the first. */
    private boolean mayGoOn(long askedAt) {
        return !left && !backend.isLate(askedAt);
    }

    private CompletionStage<Answer> proposeAfter(Duration pause, long askedAt) {
        return CompletableFuture.supplyAsync(
                        () -> propose(askedAt),
                        CompletableFuture.delayedExecutor(pause.toNanos(), TimeUnit.NANOSECONDS, Runnable::run))
                .thenCompose(answer -> answer);
    }

    /** Random and ever longer, so that of several candidates one is alone before long. */
    private Duration pause() {
        Duration longest = FIRST_PAUSE.multipliedBy(1L << Math.min(splits.getAndIncrement(), LAST_DOUBLING));
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest.toNanos()));
    }

    private CompletionStage<Answer> pending(Duration retryAfter) {
        backend.wakeups().subscribe();
        // A wake-up can get lost, so ask again when the holder must have expired, and often enough to stay queued.
        Duration often = ttl.dividedBy(3);
        return CompletableFuture.completedStage(
                new Answer.Pending(retryAfter.compareTo(often) > 0 ? often : retryAfter));
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    private void withdraw(Ballot ballot, long value) {
        for (int i = 0; i < backend.nodes().size(); i++) {
            if (ballot.mayHaveVoted(i)) {
                RedlockNode node = backend.nodes().get(i);
                var unused = backend.leaving(afterwards(i, () -> node.withdraw(keys, id + " " + value)));
            }
        }
    }

    @Override
    public CompletionStage<Void> abandon() {
        left = true;
        backend.wakeups().forget(this);
        if (!asked) {
            return CompletableFuture.completedStage(null);
        }
        List<CompletableFuture<?>> calls = new ArrayList<>();
        for (int i = 0; i < backend.nodes().size(); i++) {
            RedlockNode node = backend.nodes().get(i);
            CompletableFuture<?> release = releases.get(i);
            if (release == null || release.isCompletedExceptionally()) {
                release = backend.leaving(afterwards(i, () -> node.abandon(keys, id)));
                releases.set(i, release);
            }
            calls.add(release);
        }
        return backend.majority(calls);
    }

    // ---- one after the other ----------------------------------------------------------------------------------------

    /** Calls the node when it has answered, or failed to answer, all that came before. */
    private CompletableFuture<List<Object>> afterwards(int node, Supplier<CompletableFuture<List<Object>>> call) {
        CompletableFuture<List<Object>> next = settled(underWay.get(node)).thenCompose(before -> call.get());
        underWay.set(node, next);
        return next;
    }

    /** What comes afterwards waits for this call as well. */
    private void alongside(int node, CompletableFuture<?> call) {
        underWay.set(node, settled(underWay.get(node)).thenCombine(settled(call), (before, now) -> now));
    }

    private static CompletableFuture<Boolean> settled(CompletableFuture<?> call) {
        return call.handle((answer, failure) -> failure == null);
    }
}
