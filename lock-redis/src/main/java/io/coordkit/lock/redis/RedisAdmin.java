package io.coordkit.lock.redis;

import io.coordkit.lock.LockStatus;
import io.coordkit.lock.spi.AdminBackend;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.redisson.api.RedissonClient;
import org.redisson.api.options.KeysScanOptions;

/** What operators ask of Redis. Names are found with SCAN, on every primary. */
final class RedisAdmin implements AdminBackend {
    private static final int KEYS_PER_SCAN = 1_000;

    private final RedisLockBackend backend;
    private final RedissonClient redisson;
    private final RedisScript inspect = RedisScript.load("admin-inspect");
    private final RedisScript revoke = RedisScript.load("admin-revoke");

    RedisAdmin(RedisLockBackend backend, RedissonClient redisson) {
        this.backend = backend;
        this.redisson = redisson;
    }

    @Override
    public CompletionStage<Optional<LockStatus>> inspect(String name) {
        RedisKeys keys = RedisKeys.of(name);
        return backend.run(inspect, List.of(keys.lock(), keys.queue()), List.of())
                .thenApply(reply -> reply.isEmpty() ? Optional.empty() : Optional.of(status(name, reply)));
    }

    /** A value is {@code CANDIDATE GRANT}, or {@code !CANDIDATE GRANT REASON}; a grant is the server's time in µs. */
    private static LockStatus status(String name, List<Object> reply) {
        String value = String.valueOf(reply.get(0));
        boolean revoked = value.startsWith("!");
        String[] parts = value.substring(revoked ? 1 : 0).split(" ", 3);
        long grant = Long.parseLong(parts[1]);
        long left = Long.parseLong(String.valueOf(reply.get(1)));
        return new LockStatus(
                name,
                parts[0],
                grant,
                Optional.of(Instant.EPOCH.plus(grant, ChronoUnit.MICROS)),
                Optional.of(Duration.ofMillis(Math.max(0, left))),
                Integer.parseInt(String.valueOf(reply.get(2))),
                revoked);
    }

    /** Off the caller's thread and Redisson's: the iteration blocks. */
    @Override
    public CompletionStage<List<String>> list(String prefix, int limit) {
        return CompletableFuture.supplyAsync(() -> {
            KeysScanOptions matching = KeysScanOptions.defaults()
                    .pattern(RedisKeys.lockPattern(prefix))
                    .chunkSize(KEYS_PER_SCAN);
            return redisson.getKeys()
                    .getKeysStream(matching)
                    .map(RedisKeys::nameOfLock)
                    .distinct() // SCAN may tell one twice
                    .limit(limit)
                    .toList();
        });
    }

    @Override
    public CompletionStage<Boolean> revoke(LockStatus holder, String reason) {
        return backend.run(revoke, List.of(RedisKeys.of(holder.name()).lock()), List.of(holder.holder(), reason))
                .thenApply(RedisAdmin::isDone);
    }

    @Override
    public CompletionStage<Boolean> delete(LockStatus holder) {
        return backend.abandon(RedisKeys.of(holder.name()), holder.holder()).thenApply(RedisAdmin::isDone);
    }

    private static boolean isDone(List<Object> reply) {
        return ((Number) reply.get(0)).intValue() == 1;
    }
}
