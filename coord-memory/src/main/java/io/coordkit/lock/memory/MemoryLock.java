package io.coordkit.lock.memory;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * One lock: those who want it, in the order in which they came, of whom the first may have it. Everybody stays for a
 * TTL after he was last heard of. Guarded by its {@link MemoryStore}.
 */
final class MemoryLock {
    private static final int RETRIES_PER_TTL = 3;

    /** One who wants the lock, or has it. */
    private static final class Place {
        private long forgottenAt;
        private long grant; // 0 while it waits
        private boolean woken;
    }

    private final Map<MemoryCandidacy, Place> queue = new LinkedHashMap<>();

    /** Puts the candidacy at the end of the queue, unless it is in it. */
    void enter(MemoryCandidacy candidacy, long now) {
        forgetSilent(now);
        queue.computeIfAbsent(candidacy, key -> new Place()).forgottenAt =
                now + candidacy.ttl().toNanos();
    }

    boolean isFirst(MemoryCandidacy candidacy) {
        return queue.keySet().iterator().next() == candidacy;
    }

    /** The first one's grant: a new one, or the one it has. */
    long grant(MemoryCandidacy first, LongSupplier next) {
        Place place = queue.get(first);
        if (place == null) {
            throw new IllegalStateException("it has not entered");
        }
        if (place.grant == 0) {
            place.grant = next.getAsLong();
        }
        return place.grant;
    }

    /** When to ask again: once the first must have been heard of, and often enough to be remembered. */
    Duration retryAfter(Duration ttl, long now) {
        long left = queue.values().iterator().next().forgottenAt - now;
        return MemoryStore.shorter(Duration.ofNanos(Math.max(1, left)), ttl.dividedBy(RETRIES_PER_TTL));
    }

    /** Keeps a holder for another TTL; false if it does not hold. */
    boolean extend(MemoryCandidacy holder, long now) {
        forgetSilent(now);
        Place place = queue.get(holder);
        if (place == null || place.grant == 0) {
            return false;
        }
        place.forgottenAt = now + holder.ttl().toNanos();
        return true;
    }

    void leave(MemoryCandidacy candidacy) {
        queue.remove(candidacy);
    }

    /** Wakes the first, once, if the lock is free: to be run outside of the store. */
    Runnable wakeNext() {
        Map.Entry<MemoryCandidacy, Place> first =
                queue.entrySet().stream().findFirst().orElse(null);
        if (first == null || first.getValue().grant != 0 || first.getValue().woken) {
            return () -> {};
        }
        first.getValue().woken = true;
        return first.getKey().wake();
    }

    /** Whether nobody wants or has it any more. */
    boolean isOver(long now) {
        forgetSilent(now);
        return queue.isEmpty();
    }

    private void forgetSilent(long now) {
        queue.values().removeIf(place -> place.forgottenAt - now <= 0);
    }
}
