package io.coordkit.lock.etcd;

import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.TxnResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One key under one lease in the queue of a lock. Among the keys of a name the one created first holds it; each waits
 * for the one created just before its own, as in the concurrency recipes of etcd's Go client.
 *
 * <h2>A put that comes late</h2>
 *
 * A put whose answer was lost may reach etcd at any later time, even after the candidate has left; with a lease that
 * others keep alive, that key would hold the lock for nobody, for ever. So who leaves with a put unanswered leaves a
 * mark, which the put requires to be absent. The mark hangs on the same lease: either it is there, or the lease is gone
 * and the put is refused for that.
 *
 * <p>{@link #ask} and {@link #leave} come one after the other, except that an unacknowledged leave may be repeated.
 */
final class EtcdCandidate {
    /**
     * Where a candidate stands.
     *
     * @param revision when its key was created
     * @param predecessor whose key to wait for; empty if there is none
     * @param readAt the revision of etcd at which this was so
     */
    record Place(long revision, Optional<Predecessor> predecessor, long readAt) {}

    /** The candidate created just before, and when. */
    record Predecessor(ByteSequence key, long revision) {}

    private final EtcdTransactions etcd;
    private final EtcdSession session;
    private final String name;
    private final long number;
    private final AtomicInteger unanswered = new AtomicInteger();
    private final AtomicBoolean counted = new AtomicBoolean();
    private volatile long revision;
    private volatile Optional<Predecessor> predecessor = Optional.empty();

    EtcdCandidate(EtcdTransactions etcd, EtcdSession session, String name) {
        this.etcd = etcd;
        this.session = session;
        this.name = name;
        this.number = session.nextCandidate();
    }

    EtcdSession session() {
        return session;
    }

    /** The revision at which its key was created, as far as known; 0 if it is not. */
    long revision() {
        return revision;
    }

    /** Its key, which can only be asked for once a place is known. */
    ByteSequence key() {
        return keys(session.lease().join()).own();
    }

    private EtcdKeys keys(long lease) {
        return EtcdKeys.of(name, lease, number);
    }

    /** Enters the queue unless it has, and tells its place there. */
    CompletableFuture<Place> ask() {
        return session.lease().thenCompose(lease -> {
            EtcdKeys keys = keys(lease);
            return revision == 0 ? enter(lease, keys) : look(lease, keys);
        });
    }

    private CompletableFuture<Place> enter(long lease, EtcdKeys keys) {
        if (counted.compareAndSet(false, true)) {
            session.entered();
        }
        return session.calls().call("lock request", () -> put(lease, keys)).thenCompose(reply -> {
            List<KeyValue> found = reply.getGetResponses().get(0).getKvs();
            if (found.isEmpty()) {
                throw new IllegalStateException("the candidate has left before");
            }
            revision = found.get(0).getCreateRevision();
            return reply.isSucceeded()
                    ? CompletableFuture.completedFuture(
                            place(found, reply.getHeader().getRevision()))
                    : look(lease, keys);
        });
    }

    private CompletableFuture<TxnResponse> put(long lease, EtcdKeys keys) {
        unanswered.incrementAndGet();
        return etcd.enter(keys, lease).thenApply(reply -> {
            unanswered.decrementAndGet();
            return reply;
        });
    }

    private CompletableFuture<Place> look(long lease, EtcdKeys keys) {
        return predecessor
                .map(before -> lookBehind(before, lease, keys))
                .orElseGet(() -> session.calls()
                        .call("lock query", () -> etcd.newest(keys, revision))
                        .thenCompose(reply -> found(
                                lease, keys, reply.getKvs(), reply.getHeader().getRevision())));
    }

    /** While the predecessor is there, etcd need not sort the candidates, which costs it as much as there are. */
    private CompletableFuture<Place> lookBehind(Predecessor before, long lease, EtcdKeys keys) {
        return session.calls()
                .call("lock query", () -> etcd.newestUnlessBehind(keys, revision, before))
                .thenCompose(reply -> {
                    long readAt = reply.getHeader().getRevision();
                    return reply.isSucceeded()
                            ? CompletableFuture.completedFuture(new Place(revision, Optional.of(before), readAt))
                            : found(lease, keys, reply.getGetResponses().get(0).getKvs(), readAt);
                });
    }

    private CompletableFuture<Place> found(long lease, EtcdKeys keys, List<KeyValue> newest, long readAt) {
        if (!newest.isEmpty() && newest.get(0).getKey().equals(keys.own())) {
            return CompletableFuture.completedFuture(place(newest, readAt));
        }
        revision = 0; // somebody deleted it: it queues again, at the end
        return enter(lease, keys);
    }

    private Place place(List<KeyValue> mineAndPredecessor, long readAt) {
        predecessor = mineAndPredecessor.stream()
                .skip(1)
                .findFirst()
                .map(before -> new Predecessor(before.getKey(), before.getCreateRevision()));
        return new Place(mineAndPredecessor.get(0).getCreateRevision(), predecessor, readAt);
    }

    /** Deletes its key, for good: no put of this candidate takes effect any more. */
    CompletableFuture<Void> leave() {
        if (!counted.get()) {
            return CompletableFuture.completedFuture(null);
        }
        long lease = session.lease().join();
        EtcdKeys keys = keys(lease);
        boolean late = unanswered.get() > 0;
        if (late) {
            session.retire(); // the mark goes with the lease, and the lease when its last candidate has left
        }
        return session.calls()
                .call("release", () -> late ? etcd.leaveForGood(keys, lease) : etcd.leave(keys))
                .thenAccept(reply -> {})
                .exceptionallyCompose(failure -> {
                    if (EtcdCalls.isLeaseGone(failure)) {
                        return CompletableFuture.completedFuture(null); // and its keys with it
                    }
                    session.overdue(this);
                    return CompletableFuture.failedFuture(failure);
                })
                .thenRun(() -> {
                    if (counted.compareAndSet(true, false)) {
                        session.left();
                    }
                });
    }
}
