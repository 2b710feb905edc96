package io.coordkit.lock.memory;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.LockStatus;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * All locks of one store. Whoever's turn it is in the queue of a lock gets it, and nobody else, however early he asks.
 *
 * <p>Thread-safe: guarded by itself. Wake-ups are returned, to be run by a caller that is not in here any more.
 */
final class MemoryStore {
    private static final int ERA_SHIFT = 32;
    private static final int GRANTS_PER_SWEEP = 4096;

    private final String name;
    private final LongSupplier nanoTicker;
    private final int era;
    private final Map<MemoryCandidacy.LockKey, MemoryLock> locks = new HashMap<>();
    private long grants;
    private boolean up = true;

    /** @param era below 2<sup>21</sup>, for a grant has 53 bits */
    MemoryStore(String name, LongSupplier nanoTicker, int era) {
        this.name = name;
        this.nanoTicker = nanoTicker;
        this.era = era;
    }

    String address() {
        return "memory:" + name;
    }

    int era() {
        return era;
    }

    /** An answer, and who is to be woken now. */
    record Reply<T>(T answer, Runnable wake) {}

    synchronized Reply<Answer> request(MemoryCandidacy candidacy) {
        requireUp();
        MemoryLock lock = locks.computeIfAbsent(candidacy.key(), key -> new MemoryLock());
        long now = nanoTicker.getAsLong();
        lock.enter(candidacy, now);
        Answer answer = lock.mayHold(candidacy)
                ? new Answer.Granted(lock.grant(candidacy, now, () -> nextGrant(now)), candidacy.ttl())
                : new Answer.Pending(lock.retryAfter(candidacy.ttl(), now));
        return new Reply<>(answer, lock.wakeNext());
    }

    synchronized Renewal renew(MemoryCandidacy candidacy) {
        requireUp();
        MemoryLock lock = locks.get(candidacy.key());
        String refusal = lock == null ? "it is gone from memory" : lock.extend(candidacy, nanoTicker.getAsLong());
        return refusal == null ? new Renewal.Extended(candidacy.ttl()) : new Renewal.Gone(refusal);
    }

    synchronized Runnable abandon(MemoryCandidacy candidacy) {
        requireUp();
        MemoryLock lock = locks.get(candidacy.key());
        if (lock == null) {
            return () -> {};
        }
        long now = nanoTicker.getAsLong();
        lock.leave(candidacy);
        if (lock.isOver(now)) {
            locks.remove(candidacy.key());
        }
        return lock.wakeNext();
    }

    private long nextGrant(long now) {
        grants++;
        if (grants % GRANTS_PER_SWEEP == 0) {
            locks.values().removeIf(lock -> lock.isOver(now)); // those whose last holder was never heard of again
        }
        if (grants >= 1L << ERA_SHIFT) {
            throw new IllegalStateException(address() + " has made all 2^32 grants that one start has room for");
        }
        return ((long) era << ERA_SHIFT) + grants;
    }

    synchronized Optional<LockStatus> status(String lockName) {
        requireUp();
        MemoryLock lock = locks.get(MemoryCandidacy.mutexKey(lockName));
        return lock == null ? Optional.empty() : lock.status(lockName, nanoTicker.getAsLong(), Instant.now());
    }

    synchronized List<String> names(String prefix, int limit) {
        requireUp();
        long now = nanoTicker.getAsLong();
        return locks.entrySet().stream()
                .filter(lock -> !lock.getKey().readWrite() && !lock.getValue().isOver(now))
                .map(lock -> lock.getKey().name())
                .filter(each -> each.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    synchronized boolean revoke(LockStatus holder, String reason) {
        requireUp();
        MemoryLock lock = locks.get(MemoryCandidacy.mutexKey(holder.name()));
        return lock != null && lock.revoke(holder.holder(), reason);
    }

    synchronized Reply<Boolean> remove(LockStatus holder) {
        requireUp();
        MemoryLock lock = locks.get(MemoryCandidacy.mutexKey(holder.name()));
        return lock != null && lock.remove(holder.holder())
                ? new Reply<>(true, lock.wakeNext())
                : new Reply<>(false, () -> {});
    }

    synchronized void forget(String lockName) {
        locks.keySet().removeIf(key -> key.name().equals(lockName));
    }

    synchronized void setUp(boolean nowUp) {
        up = nowUp;
    }

    synchronized void requireUp() {
        if (!up) {
            throw new BackendUnreachableException("Lock store " + address() + " is stopped", null);
        }
    }

    /** How many locks are held or waited for, or were when last swept. */
    synchronized int size() {
        return locks.size();
    }

    static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
