package io.coordkit.lock.memory;

import io.coordkit.lock.LockStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
        private long grantedAt;
        private boolean woken;
        private @Nullable String revoked;
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
    long grant(MemoryCandidacy candidacy, long now, LongSupplier next) {
        Place place = queue.get(candidacy);
        if (place == null) {
            throw new IllegalStateException("it has not entered");
        }
        if (place.grant == 0) {
            if (!candidacy.isReader() || lastGrant == 0) {
                lastGrant = next.getAsLong();
            }
            place.grant = lastGrant;
            place.grantedAt = now;
        }
        return place.grant;
    }

    /** When to ask again: once the first must have been heard of, and often enough to be remembered. */
    Duration retryAfter(Duration ttl, long now) {
        long left = queue.values().iterator().next().forgottenAt - now;
        return MemoryStore.shorter(Duration.ofNanos(Math.max(1, left)), ttl.dividedBy(RETRIES_PER_TTL));
    }

    /** Keeps a holder for another TTL; otherwise says why not. */
    @Nullable
    String extend(MemoryCandidacy holder, long now) {
        forgetSilent(now);
        Place place = queue.get(holder);
        if (place == null || place.grant == 0) {
            return "somebody else has it in memory, or nobody";
        }
        if (place.revoked != null) {
            return "it was released by force: " + place.revoked;
        }
        place.forgottenAt = now + holder.ttl().toNanos();
        return null;
    }

    /** Who holds it. */
    Optional<LockStatus> status(String name, long now, Instant wallClock) {
        forgetSilent(now);
        return queue.entrySet().stream()
                .findFirst()
                .filter(first -> first.getValue().grant != 0)
                .map(first -> {
                    Place place = first.getValue();
                    return new LockStatus(
                            name,
                            first.getKey().id(),
                            place.grant,
                            Optional.of(wallClock.minusNanos(now - place.grantedAt)),
                            Optional.of(Duration.ofNanos(place.forgottenAt - now)),
                            queue.size() - 1,
                            place.revoked != null);
                });
    }

    /** Refuses that holder's renewals; false if it does not hold. */
    boolean revoke(String id, String reason) {
        return holder(id)
                .map(holder -> {
                    holder.getValue().revoked = reason;
                    return true;
                })
                .orElse(false);
    }

    /** Removes that holder; false if it does not hold. */
    boolean remove(String id) {
        return holder(id).map(holder -> queue.remove(holder.getKey()) != null).orElse(false);
    }

    private Optional<Map.Entry<MemoryCandidacy, Place>> holder(String id) {
        return queue.entrySet().stream()
                .findFirst()
                .filter(first ->
                        first.getValue().grant != 0 && first.getKey().id().equals(id));
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
