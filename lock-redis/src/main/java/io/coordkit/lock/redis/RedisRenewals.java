package io.coordkit.lock.redis;

import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Renews what is held: all of one bucket and kind together, up to 500 in a call. Immutable. */
final class RedisRenewals {
    private static final int MOST_PER_CALL = 500;

    private final RedisLockBackend backend;

    RedisRenewals(RedisLockBackend backend) {
        this.backend = backend;
    }

    /** What one script can renew at once. */
    private record Batch(String bucket, RedisScript renewal) {}

    List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        Map<Candidacy, CompletableFuture<Renewal>> promises = new HashMap<>();
        due.forEach(each -> promises.put(each, new CompletableFuture<>()));
        due.stream()
                .map(RedisPlace.class::cast)
                .collect(Collectors.groupingBy(place -> new Batch(place.keys().bucket(), place.renewal())))
                .forEach((batch, places) -> {
                    for (int from = 0; from < places.size(); from += MOST_PER_CALL) {
                        int to = Math.min(places.size(), from + MOST_PER_CALL);
                        renewTogether(batch, places.subList(from, to), promises);
                    }
                });
        List<CompletionStage<Renewal>> inOrder = new ArrayList<>(due.size());
        due.forEach(each -> inOrder.add(promises.get(each)));
        return inOrder;
    }

    private void renewTogether(
            Batch batch, List<RedisPlace> together, Map<Candidacy, CompletableFuture<Renewal>> promises) {
        Duration ttl = together.get(0).ttl();
        List<String> keys = new ArrayList<>();
        List<String> arguments = new ArrayList<>();
        arguments.add(Long.toString(ttl.toMillis()));
        together.forEach(place -> {
            keys.addAll(place.renewalKeys());
            arguments.add(place.id());
        });
        var unused = backend.run(batch.renewal(), keys, arguments).whenComplete((answers, failure) -> {
            for (int i = 0; i < together.size(); i++) {
                CompletableFuture<Renewal> promise = promises.get(together.get(i));
                if (promise == null) {
                    continue;
                }
                if (failure != null) {
                    promise.completeExceptionally(failure);
                } else {
                    promise.complete(renewal(answers.get(i), ttl));
                }
            }
        });
    }

    private static Renewal renewal(Object answer, Duration ttl) {
        if (answer instanceof String reason) {
            return new Renewal.Gone("it was released by force: " + reason);
        }
        return switch (((Number) answer).intValue()) {
            case 1 -> new Renewal.Extended(ttl);
            case 2 -> new Renewal.Gone("another holder has it in Redis");
            default -> new Renewal.Gone("it is gone from Redis: expired, deleted, evicted or lost in a restart");
        };
    }
}
