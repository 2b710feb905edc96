package io.coordkit.lock.etcd;

import io.etcd.jetcd.Client;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One lease, shared by all candidates of one client with the same TTL. It has no timer: requests and renewals keep it
 * alive, at most one keep-alive per quarter of the TTL among them all, and when they cease it expires.
 *
 * <p>What it says about its validity counts from before the keep-alive was sent that proved it, and is never longer
 * than the TTL asked for, though etcd rounds that up to seconds, and small ones to its minimum.
 *
 * <p>Thread-safe.
 */
final class EtcdSession {
    private static final int KEEP_ALIVES_PER_TTL = 4;

    private final Lease leases;
    private final Duration ttl;
    private final LongSupplier ticker;
    private final EtcdCalls calls;
    private final CompletableFuture<Long> lease = new CompletableFuture<>();
    private final AtomicReference<@Nullable CompletableFuture<Void>> inFlight = new AtomicReference<>();
    private final AtomicLong provenAt = new AtomicLong();
    private final AtomicLong candidates = new AtomicLong();
    private final AtomicInteger present = new AtomicInteger();
    private final Set<EtcdCandidate> overdue = ConcurrentHashMap.newKeySet();
    private volatile boolean gone;
    private volatile boolean retired;

    EtcdSession(Client client, Duration ttl, LongSupplier ticker) {
        this.leases = client.getLeaseClient();
        this.ttl = ttl;
        this.ticker = ticker;
        this.calls = EtcdCalls.within(ttl);
        provenAt.set(ticker.getAsLong());
    }

    /** Asks for the lease. To be called once, before anything else. */
    void open() {
        long seconds = ttl.plusSeconds(1).minusNanos(1).toSeconds();
        var unused = calls.call("lease", () -> {
                    long sentAt = ticker.getAsLong();
                    return leases.grant(seconds, calls.limit().toMillis(), TimeUnit.MILLISECONDS)
                            .thenApply(reply -> {
                                proven(sentAt);
                                return reply.getID();
                            });
                })
                .whenComplete((id, failure) -> {
                    if (failure == null) {
                        lease.complete(id);
                    } else {
                        gone = true;
                        lease.completeExceptionally(failure);
                    }
                });
    }

    EtcdCalls calls() {
        return calls;
    }

    /** The lease's id, once etcd has granted it. */
    CompletableFuture<Long> lease() {
        return lease;
    }

    /** A number no other candidate of this session has. */
    long nextCandidate() {
        return candidates.incrementAndGet();
    }

    /** Whether etcd is known to have no such lease. */
    boolean isGone() {
        return gone;
    }

    /** Whether new candidates may come in. */
    boolean isOpen() {
        return !gone
                && !retired
                && (!lease.isDone() || validFor(ticker.getAsLong()).compareTo(Duration.ZERO) > 0);
    }

    /** Whether it need not be remembered: its lease is gone, or expires with nothing on it. */
    boolean isOver() {
        return gone || (present.get() == 0 && !isOpen());
    }

    /** No new candidates; those that are here stay. */
    void retire() {
        retired = true;
    }

    void noteGone() {
        gone = true;
    }

    /** How long after {@code from} the lease is certain to live; zero or less if it is not. */
    Duration validFor(long from) {
        return Duration.ofNanos(Math.min(ttl.toNanos(), provenAt.get() + ttl.toNanos() - from));
    }

    /** Completes once the lease has been proven alive within the last quarter of a TTL. */
    CompletableFuture<Void> refresh() {
        if (gone) {
            return CompletableFuture.failedFuture(new EtcdCalls.LeaseGone(null));
        }
        if (!lease.isDone()) {
            return lease.thenAccept(id -> {});
        }
        if (ticker.getAsLong() - provenAt.get() < ttl.toNanos() / KEEP_ALIVES_PER_TTL) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> mine = new CompletableFuture<>();
        CompletableFuture<Void> others = inFlight.compareAndExchange(null, mine);
        if (others != null) {
            return others;
        }
        var unused = lease.thenCompose(id -> calls.call("keep-alive", () -> keepAlive(id)))
                .whenComplete((reply, failure) -> {
                    inFlight.set(null);
                    if (failure == null) {
                        mine.complete(null);
                        sweep();
                    } else {
                        gone |= EtcdCalls.isLeaseGone(failure);
                        mine.completeExceptionally(failure);
                    }
                });
        return mine;
    }

    private CompletableFuture<LeaseKeepAliveResponse> keepAlive(long id) {
        long sentAt = ticker.getAsLong();
        return leases.keepAliveOnce(id).thenApply(reply -> {
            proven(sentAt);
            return reply;
        });
    }

    private void proven(long sentAt) {
        provenAt.accumulateAndGet(sentAt, (before, sent) -> sent - before > 0 ? sent : before);
    }

    void entered() {
        present.incrementAndGet();
    }

    void left() {
        if (present.decrementAndGet() == 0 && retired) {
            var unused = close();
        }
    }

    /** It has left, but etcd has not acknowledged that: the key must not live on with a lease that is kept alive. */
    void overdue(EtcdCandidate candidate) {
        overdue.add(candidate);
    }

    private void sweep() {
        overdue.removeIf(candidate -> {
            var unused = candidate.leave();
            return true;
        });
    }

    /** Gives the lease back if nothing hangs on it. A lease with candidates is left to expire: they may be held. */
    CompletableFuture<Void> close() {
        retired = true;
        if (gone || present.get() > 0 || !lease.isDone()) {
            return CompletableFuture.completedFuture(null);
        }
        return lease.thenCompose(leases::revoke).thenAccept(reply -> {});
    }
}
