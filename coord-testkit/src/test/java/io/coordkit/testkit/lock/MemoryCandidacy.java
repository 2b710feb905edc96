package io.coordkit.testkit.lock;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.testkit.lock.MemoryStore.Entry;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A candidacy in memory, correct unless it is told to break a rule. */
final class MemoryCandidacy implements Candidacy {

    private final MemoryStore store;
    private final LockFault fault;
    private final String name;
    private final Duration ttl;
    private final Runnable wake;
    private boolean everHeld;

    MemoryCandidacy(MemoryStore store, LockFault fault, String name, Duration ttl, Runnable wake) {
        this.store = store;
        this.fault = fault;
        this.name = fault == LockFault.L14_IGNORES_CASE ? name.toLowerCase(Locale.ROOT) : name;
        this.ttl = ttl;
        this.wake = wake;
    }

    @Override
    public CompletionStage<Answer> request() {
        synchronized (store) {
            return CompletableFuture.completedStage(decide(store.entry(name)));
        }
    }

    private Answer decide(Entry entry) {
        long now = store.now();
        if (entry.holder != null && entry.expiresAt - now <= 0 && fault != LockFault.L9_DEAD_HOLDERS_STAY) {
            entry.holder = null;
        }
        boolean repeat = entry.holder == this;
        boolean resting = entry.holder == null && entry.freeAt - now > 0;
        boolean overlap = fault == LockFault.L1_GRANTS_A_HELD_LOCK_NOW_AND_THEN
                && ++entry.requests > 12
                && entry.requests % 5 == 0;
        if (!repeat && !overlap && (entry.holder != null || resting)) {
            if (fault == LockFault.L22_THE_SHORTEST_TTL_ENDS_THE_QUEUE) {
                entry.queue.removeIf(other -> other.ttl.compareTo(ttl) > 0);
            }
            if (!entry.queue.contains(this)) {
                entry.queue.add(this);
            }
            Duration left = Duration.ofNanos(Math.max(1, (resting ? entry.freeAt : entry.expiresAt) - now));
            return new Answer.Pending(left.compareTo(ttl.dividedBy(3)) < 0 ? left : ttl.dividedBy(3));
        }
        if (!repeat || fault == LockFault.L6_A_REPEAT_IS_A_NEW_GRANT) {
            entry.grant = fault == LockFault.L2_REPEATS_A_TOKEN ? 1 : store.nextGrant();
        }
        entry.queue.remove(this);
        entry.holder = this;
        entry.expiresAt = store.in(ttl);
        everHeld = true;
        return new Answer.Granted(
                entry.grant, fault == LockFault.L8_THE_DEADLINE_IS_TOO_LATE ? ttl.multipliedBy(2) : ttl);
    }

    Renewal renew() {
        synchronized (store) {
            Entry entry = store.entry(name);
            boolean ours = entry.holder == this && entry.expiresAt - store.now() > 0;
            if (!ours && fault != LockFault.L10_RENEWALS_OF_LOST_LOCKS_SUCCEED) {
                return new Renewal.Gone("somebody else has it, or nobody");
            }
            if (ours && fault != LockFault.L7_RENEWALS_DO_NOT_EXTEND) {
                entry.expiresAt = store.in(ttl);
            }
            return new Renewal.Extended(ttl);
        }
    }

    @Override
    public CompletionStage<Void> abandon() {
        MemoryCandidacy next = null;
        synchronized (store) {
            Entry entry = store.entry(name);
            boolean held = entry.holder == this || (everHeld && fault == LockFault.L11_RELEASES_WHOEVER_HOLDS);
            entry.queue.remove(this);
            if (held) {
                entry.holder = null;
                if (fault == LockFault.L18_A_RELEASED_LOCK_RESTS_A_WHILE) {
                    entry.freeAt = store.in(Duration.ofMillis(40));
                }
            }
            boolean alone = entry.queue.size() == 1 && held && fault == LockFault.L12_A_LONE_WAITER_IS_NOT_WOKEN;
            boolean kept = !held && fault == LockFault.L13_A_LEAVING_WAITER_KEEPS_ITS_WAKE_UP;
            if (entry.holder == null && !alone && !kept) {
                next = entry.queue.poll();
            }
        }
        if (next != null) {
            next.wake.run();
        }
        return CompletableFuture.completedStage(null);
    }
}
