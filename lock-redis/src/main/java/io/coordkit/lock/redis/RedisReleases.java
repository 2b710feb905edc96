package io.coordkit.lock.redis;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Sends what leaves: for each bucket one call at a time, and what comes meanwhile together in the next. So a client
 * that closes with tens of thousands of locks makes some hundred calls, and a shard that does not answer holds up only
 * its own buckets. Thread-safe.
 */
final class RedisReleases {
    private static final int MOST_PER_CALL = 500;

    private final Function<List<Leaving>, CompletionStage<?>> send;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();

    /** One candidate on its way out. */
    record Leaving(RedisKeys keys, String candidate, boolean mayQueue, CompletableFuture<Void> done) {}

    /** @param send carries out some that are of one bucket, with one call */
    RedisReleases(Function<List<Leaving>, CompletionStage<?>> send) {
        this.send = send;
    }

    CompletionStage<Void> release(RedisKeys keys, String candidate, boolean mayQueue) {
        Leaving leaving = new Leaving(keys, candidate, mayQueue, new CompletableFuture<>());
        lanes.computeIfAbsent(keys.bucket(), bucket -> new Lane()).add(leaving);
        return leaving.done();
    }

    /** What the client throws, one that is shut down for example, is an answer that failed. */
    private CompletionStage<?> sent(List<Leaving> together) {
        try {
            return send.apply(together);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private final class Lane {
        private final Queue<Leaving> waiting = new ArrayDeque<>();
        private boolean busy;

        void add(Leaving leaving) {
            synchronized (this) {
                waiting.add(leaving);
                if (busy) {
                    return;
                }
                busy = true;
            }
            sendSome();
        }

        private void sendSome() {
            List<Leaving> together = new ArrayList<>();
            synchronized (this) {
                while (together.size() < MOST_PER_CALL && !waiting.isEmpty()) {
                    together.add(waiting.remove());
                }
                busy = !together.isEmpty();
            }
            if (together.isEmpty()) {
                return;
            }
            var unused = sent(together).whenComplete((answer, failure) -> {
                sendSome();
                for (Leaving leaving : together) {
                    if (failure == null) {
                        leaving.done().complete(null);
                    } else {
                        leaving.done().completeExceptionally(failure);
                    }
                }
            });
        }
    }
}
