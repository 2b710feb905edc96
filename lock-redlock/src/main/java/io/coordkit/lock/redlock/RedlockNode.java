package io.coordkit.lock.redlock;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.KeysScanOptions;
import org.redisson.client.RedisTimeoutException;

/** One of the nodes, and what it is asked. Nothing here blocks. Thread-safe. */
final class RedlockNode {
    private static final int LONGEST_REASON = 200;
    private static final int KEYS_PER_SCAN = 1_000;

    /** The channel and the command, without the password; of no use to who has to set it right. */
    private static final Pattern REDISSONS_DETAILS = Pattern.compile("\\.* channel: \\[.*", Pattern.DOTALL);

    private static final String PASS_OVER = "1000";

    private final String label;
    private final NodeAdmission admission;
    private final NodeScripts scripts;
    private final List<String> rules;

    /**
     * @param label what messages call it; no credentials
     * @param rules the arguments of {@code fitness.lua}
     */
    RedlockNode(String label, NodeAdmission admission, NodeScripts scripts, List<String> rules) {
        this.label = label;
        this.admission = admission;
        this.scripts = scripts;
        this.rules = rules;
    }

    NodeAdmission admission() {
        return admission;
    }

    /** Asks for the vote. */
    CompletableFuture<List<Object>> vote(RedlockKeys keys, String candidate, long value, String ttlMillis) {
        return run(
                scripts.vote(),
                List.of(RedlockKeys.MARKER, keys.lock(), keys.highWater(), keys.queue()),
                withRules(candidate, Long.toString(value), ttlMillis));
    }

    /** Takes back a vote at that value only. */
    CompletableFuture<List<Object>> withdraw(RedlockKeys keys, String vote) {
        return run(scripts.withdraw(), List.of(keys.lock()), List.of(vote));
    }

    /** Takes back any vote for that candidate, and wakes another. */
    CompletableFuture<List<Object>> abandon(RedlockKeys keys, String candidate) {
        return run(
                scripts.abandon(),
                List.of(keys.lock(), keys.queue()),
                List.of(candidate, RedlockKeys.CHANNEL_PREFIX, PASS_OVER));
    }

    /**
     * Renews votes.
     *
     * @param votes for which of them to vote if the lock is free
     */
    CompletableFuture<List<Object>> renew(List<RedlockCandidacy> together, Predicate<RedlockCandidacy> votes) {
        List<String> keys = new ArrayList<>(List.of(RedlockKeys.MARKER));
        List<String> arguments = new ArrayList<>(withRules());
        for (RedlockCandidacy candidacy : together) {
            keys.add(candidacy.keys().lock());
            keys.add(candidacy.keys().highWater());
            arguments.add(candidacy.vote());
            arguments.add(candidacy.ttlMillis());
            arguments.add(votes.test(candidacy) ? "1" : "0");
        }
        return run(scripts.renew(), keys, arguments);
    }

    /** Whom it has voted for, for operators. */
    CompletableFuture<List<Object>> status(RedlockKeys keys) {
        return run(scripts.status(), List.of(keys.lock(), keys.queue()), List.of());
    }

    /** Refuses to renew that candidate's vote from now on. */
    CompletableFuture<List<Object>> revoke(RedlockKeys keys, String candidate, String reason) {
        return run(scripts.revoke(), List.of(keys.lock()), List.of(candidate, reason));
    }

    /** The names of all locks for which it has given a vote, that begin like that. */
    CompletableFuture<Set<String>> names(String prefix) {
        return admission
                .client()
                .thenApplyAsync(redisson -> redisson.getKeys()
                        .getKeysStream(KeysScanOptions.defaults()
                                .pattern(RedlockKeys.lockPattern(prefix))
                                .chunkSize(KEYS_PER_SCAN))
                        .map(RedlockKeys::nameOfLock)
                        .collect(Collectors.toSet()));
    }

    private List<String> withRules(String... more) {
        List<String> arguments = new ArrayList<>(rules);
        arguments.addAll(List.of(more));
        return arguments;
    }

    private CompletableFuture<List<Object>> run(NodeScript script, List<String> keys, List<String> arguments) {
        CompletableFuture<RedissonClient> client = admission.client();
        if (client.isCompletedExceptionally()) {
            return client.thenApply(never -> List.of());
        }
        return script.run(client.join(), keys, arguments);
    }

    /** The failure of a call, for a message: its root, in a line. */
    static String describe(@Nullable Throwable failure) {
        Throwable root = failure;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        if (root == null || root instanceof TimeoutException || root instanceof RedisTimeoutException) {
            return "no answer in time";
        }
        String message = root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
        return REDISSONS_DETAILS
                .matcher(message)
                .replaceFirst("")
                .lines()
                .findFirst()
                .map(line -> line.substring(0, Math.min(line.length(), LONGEST_REASON)))
                .orElse("");
    }

    /** Its address. */
    @Override
    public String toString() {
        return label;
    }
}
