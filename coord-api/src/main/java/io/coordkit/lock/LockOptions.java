package io.coordkit.lock;

import java.time.Duration;

/**
 * How a lock client holds and hands on its locks. Immutable.
 *
 * @param ttl how long the store keeps a lock whose holder went silent; 100 ms to 1 day, default 30 s. The watchdog
 *     renews every third of it
 * @param handOvers how often in a row a lock may pass from one waiter of this client to the next without going back to
 *     the store, 0 to 1,023, default 64. Each gets a token of its own. 0 gives other processes a chance each time. A
 *     grant older than one TTL is never handed on
 * @param fair whether waiters get the lock in the order in which the store heard of them, those of all clients that
 *     are fair, default false. There are no local hand-overs then, whatever {@code handOvers} says: every waiter
 *     queues in the store for itself. Only for a backend that promises {@link LockGuarantee#FAIR}
 */
public record LockOptions(Duration ttl, int handOvers, boolean fair) {
    private static final Duration MIN_TTL = Duration.ofMillis(100);
    private static final Duration MAX_TTL = Duration.ofDays(1);

    /** TTL 30 s, 64 local hand-overs, not fair. */
    public static final LockOptions DEFAULTS = new LockOptions(Duration.ofSeconds(30), 64);

    /** Options that are not fair. */
    public LockOptions(Duration ttl, int handOvers) {
        this(ttl, handOvers, false);
    }

    public LockOptions {
        if (ttl.compareTo(MIN_TTL) < 0 || ttl.compareTo(MAX_TTL) > 0) {
            throw new IllegalArgumentException("ttl must be between " + MIN_TTL + " and " + MAX_TTL + ", was " + ttl);
        }
        if (handOvers < 0 || handOvers > 1023) {
            throw new IllegalArgumentException("handOvers must be between 0 and 1023, was " + handOvers);
        }
    }

    /** These options with another TTL. */
    public LockOptions withTtl(Duration newTtl) {
        return new LockOptions(newTtl, handOvers, fair);
    }

    /** These options with another bound on local hand-overs. */
    public LockOptions withHandOvers(int newHandOvers) {
        return new LockOptions(ttl, newHandOvers, fair);
    }

    /** These options, fair or not. */
    public LockOptions withFair(boolean nowFair) {
        return new LockOptions(ttl, handOvers, nowFair);
    }
}
