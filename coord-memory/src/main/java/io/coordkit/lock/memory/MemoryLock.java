package io.coordkit.lock.memory;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * One lock: those who want it, in the order in which they came. The first may have it, and, if it is one that is read and
 * written, all readers that have no writer ahead. Everybody stays for a TTL after he was last heard of. Guarded by its
 * {@link MemoryStore}.
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
    private long lastGrant; // what all readers since the last writer have

    /** Puts the candidacy at the end of the queue, unless it is in it. */
    void enter(MemoryCandidacy candidacy, long now) {
        forgetSilent(now);
        queue.computeIfAbsent(candidacy, key -> new Place()).forgottenAt =
                now + candidacy.ttl().toNanos();
    }

    /** Whether it is the turn of this candidacy, which has entered. */
    boolean mayHold(MemoryCandidacy candidacy) {
        boolean writerAhead = false;
        for (MemoryCandidacy ahead : queue.keySet()) {
            if (ahead == candidacy) {
                return true;
            }
            writerAhead |= !ahead.isReader();
            if (writerAhead || !candidacy.isReader()) {
                return false;
            }
        }
        return false;
    }

    /** The grant of one whose turn it is: a new one, or the one it has; a reader's is that of the last writer. */
    long grant(MemoryCandidacy candidacy, LongSupplier next) {
        Place place = queue.get(candidacy);
        if (place == null) {
            throw new IllegalStateException("it has not entered");
        }
        if (place.grant == 0) {
            if (!candidacy.isReader() || lastGrant == 0) {
                lastGrant = next.getAsLong();
            }
            place.grant = lastGrant;
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

    /** Wakes each whose turn has come, once: to be run outside of the store. */
    Runnable wakeNext() {
        List<Runnable> wakes = new ArrayList<>();
        boolean first = true;
        for (Map.Entry<MemoryCandidacy, Place> each : queue.entrySet()) {
            boolean reader = each.getKey().isReader();
            if ((reader || first) && each.getValue().grant == 0 && !each.getValue().woken) {
                each.getValue().woken = true;
                wakes.add(each.getKey().wake());
            }
            if (!reader) {
                break;
            }
            first = false;
        }
        return () -> wakes.forEach(Runnable::run);
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
