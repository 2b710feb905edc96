package io.coordkit.lock.redis;

import io.coordkit.lock.FenceMark;
import io.coordkit.lock.Hold;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.redisson.api.RedissonClient;

/**
 * Refuses, for data in Redis, a holder of a lock whose token is older than one the data has seen. The lock may come from
 * any backend, and from another Redis.
 *
 * <p>Beside each key that it guards stands its fence, {@code ckf:{key}}, in the same slot of a cluster. The two share
 * their fate: what loses or restores the one does so to the other. The era is configuration: raise it when the lock
 * store is replaced, restored or rebuilt, for tokens of two stores do not compare.
 *
 * <p>Immutable and thread-safe. Source: Kleppmann, "How to do distributed locking", 2016.
 */
public final class RedisFence {
    private static final RedisScript FENCE = RedisScript.load("fence");

    private final RedissonClient redisson;
    private final int era;

    private RedisFence(RedissonClient redisson, int era) {
        this.redisson = redisson;
        this.era = era;
    }

    /**
     * Over the caller's own Redisson client, which the caller closes.
     *
     * @param era 0 or greater
     */
    public static RedisFence using(RedissonClient redisson, int era) {
        return new RedisFence(redisson, FenceMark.checkEra(era));
    }

    /**
     * Raises the key's fence to the hold's token; call it before the first read that a write depends on.
     *
     * @param key what is guarded
     * @return false if the key has seen a newer token: write nothing then
     * @throws IllegalArgumentException if the key's braces name no slot of a cluster
     * @throws org.redisson.client.RedisException as Redisson reports it; the fence may be raised then
     */
    public boolean enter(String key, Hold hold) {
        return run(key, List.of(FenceMark.of(era, hold)));
    }

    /**
     * Raises the key's fence to the hold's token and sets the key, in one step.
     *
     * @return false if the key has seen a newer token; nothing is written then
     * @throws IllegalArgumentException if the key's braces name no slot of a cluster
     * @throws org.redisson.client.RedisException as Redisson reports it; the key may be written then
     */
    public boolean set(String key, String value, Hold hold) {
        return run(key, List.of(FenceMark.of(era, hold), value));
    }

    private boolean run(String key, List<String> arguments) {
        try {
            List<Object> answer = FENCE.run(redisson, List.of(key, fenceOf(key)), arguments)
                    .toCompletableFuture()
                    .join();
            return ((Number) answer.get(0)).intValue() == 1;
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException failure ? failure : e;
        }
    }

    /** In the slot of the key, which Redis chooses by what stands in the first pair of braces, if there is something. */
    static String fenceOf(String key) {
        int open = key.indexOf('{');
        int close = key.indexOf('}', open + 1);
        if (open >= 0 && close > open + 1) {
            return "ckf:" + key;
        }
        if (key.isEmpty() || close >= 0) {
            throw new IllegalArgumentException(
                    "key must not be empty, and braces in it must have something between them, was '" + key + "'");
        }
        return "ckf:{" + key + "}";
    }
}
