package io.coordkit.lock.redis;

import io.coordkit.lock.LockOptions;

/**
 * What locks on Redis can be told. Immutable.
 *
 * @param locks what all lock clients can be told; {@link LockOptions#DEFAULTS} by default
 * @param evictionAllowed whether a Redis is accepted that may evict held locks when its memory is full, that is, one
 *     with a {@code maxmemory} and another {@code maxmemory-policy} than {@code noeviction}; false by default. Then an
 *     evicted lock is reported lost at its next renewal, may have been granted twice by then, and only its token
 *     protects writes.
 */
public record RedisLockOptions(LockOptions locks, boolean evictionAllowed) {
    /** The defaults above. */
    public static final RedisLockOptions DEFAULTS = new RedisLockOptions(LockOptions.DEFAULTS, false);
}
