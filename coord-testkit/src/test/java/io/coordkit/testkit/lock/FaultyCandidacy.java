package io.coordkit.testkit.lock;

import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** A correct candidacy that is made to break a rule. The store under it answers at once, and wakes while it does. */
final class FaultyCandidacy implements Candidacy {
    private static final Duration REST = Duration.ofMillis(40);
    private static final int HONEST_REQUESTS = 50;

    private final FaultyStore.Lock lock;
    private final LockFault fault;
    private final Duration ttl;
    private final Runnable wake;
    private final Candidacy inner;
    private final AtomicInteger renewals = new AtomicInteger();
    private boolean everHeld;
    private int grants;

    FaultyCandidacy(
            FaultyStore.Lock lock,
            LockFault fault,
            Duration ttl,
            Runnable wake,
            Function<Runnable, Candidacy> correct) {
        this.lock = lock;
        this.fault = fault;
        this.ttl = ttl;
        this.wake = wake;
        this.inner = correct.apply(this::wake);
    }

    Candidacy inner() {
        return inner;
    }

    Duration ttl() {
        return ttl;
    }

    int countRenewal() {
        return renewals.incrementAndGet();
    }

    private void wake() {
        if (!lock.asleep) {
            wake.run();
        }
    }

    @Override
    public CompletionStage<Answer> request() {
        synchronized (lock) {
            lock.requests++;
            long rest = lock.freeAt - System.nanoTime();
            if (isResting() && rest > 0 && lock.holder == null) {
                return CompletableFuture.completedStage(new Answer.Pending(Duration.ofNanos(rest)));
            }
            return inner.request()
                    .exceptionallyCompose(failure -> fault == LockFault.L30_A_FAILURE_ENDS_THE_ASKING
                            ? CompletableFuture.completedStage(new Answer.Pending(Duration.ofDays(1)))
                            : CompletableFuture.failedStage(failure))
                    .thenApply(answer -> answer instanceof Answer.Granted granted
                            ? granted(granted)
                            : pending((Answer.Pending) answer));
        }
    }

    private boolean isResting() {
        return fault == LockFault.L18_A_RELEASED_LOCK_RESTS_A_WHILE || fault == LockFault.L34_A_FAIR_CLIENT_RESTS;
    }

    private Answer granted(Answer.Granted truly) {
        lock.waiting.remove(this);
        lock.holder = this;
        lock.highest = Math.max(lock.highest, truly.grant());
        everHeld = true;
        grants++;
        return switch (fault) {
            case L2_REPEATS_A_TOKEN -> new Answer.Granted(1, truly.validFor());
            case L6_A_REPEAT_IS_A_NEW_GRANT -> new Answer.Granted(truly.grant() + grants - 1, truly.validFor());
            case L8_THE_DEADLINE_IS_TOO_LATE -> new Answer.Granted(truly.grant(), ttl.multipliedBy(2));
            case L9_DEAD_HOLDERS_STAY -> new Answer.Granted(truly.grant(), ttl);
            default -> truly;
        };
    }

    private Answer pending(Answer.Pending truly) {
        boolean overlap = fault == LockFault.L1_GRANTS_A_HELD_LOCK_NOW_AND_THEN
                && lock.requests > HONEST_REQUESTS
                && lock.requests % 5 == 0;
        if (overlap) {
            return new Answer.Granted(lock.highest + 1, ttl);
        }
        List<FaultyCandidacy> before = List.copyOf(lock.waiting);
        if (!before.contains(this)) {
            lock.waiting.add(this);
            if (fault == LockFault.L33_LAST_COME_FIRST_SERVED) {
                before.forEach(FaultyCandidacy::queueAgain);
            }
        }
        if (fault == LockFault.L22_THE_SHORTEST_TTL_ENDS_THE_QUEUE) {
            before.stream().filter(other -> other.ttl.compareTo(ttl) > 0).forEach(other -> other.inner.abandon());
        }
        return truly;
    }

    private void queueAgain() {
        inner.abandon();
        inner.request();
    }

    @Override
    public CompletionStage<Void> abandon() {
        synchronized (lock) {
            lock.waiting.remove(this);
            if (fault == LockFault.L23_A_REPEAT_HOLDS_TWICE && grants-- > 1) {
                return CompletableFuture.completedStage(null);
            }
            return lock.holder == this ? release() : leave();
        }
    }

    private CompletionStage<Void> release() {
        lock.holder = null;
        lock.freeAt = System.nanoTime() + REST.toNanos();
        lock.asleep = fault == LockFault.L12_A_LONE_WAITER_IS_NOT_WOKEN && lock.waiting.size() == 1;
        List<FaultyCandidacy> all = List.copyOf(lock.waiting);
        CompletionStage<Void> done = inner.abandon();
        lock.asleep = false;
        if (fault == LockFault.L25_A_RELEASE_WAKES_ALL) {
            all.forEach(waiter -> waiter.wake.run());
        }
        return done;
    }

    private CompletionStage<Void> leave() {
        FaultyCandidacy holder = lock.holder;
        if (fault == LockFault.L11_RELEASES_WHOEVER_HOLDS && everHeld && holder != null) {
            lock.holder = null;
            return holder.inner.abandon();
        }
        lock.asleep = fault == LockFault.L13_A_LEAVING_WAITER_KEEPS_ITS_WAKE_UP;
        CompletionStage<Void> done = inner.abandon();
        lock.asleep = false;
        return done;
    }
}
