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
 * One key under one lease in the queue of a lock; here of a mutex. Among the keys of a name the one created first holds it; each waits
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
class EtcdCandidate {
    /**
     * Where a candidate stands.
     *
     * @param grant that it has if there is no predecessor
     * @param predecessor whose key to wait for; empty if there is none
     * @param readAt the revision of etcd at which this was so
     */
    record Place(long grant, Optional<Predecessor> predecessor, long readAt) {}

    /** The candidate created just before, and when. */
    record Predecessor(ByteSequence key, long revision) {}

    final EtcdTransactions etcd;
    final String name;
    final long number;
    private final EtcdSession session;
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

    final EtcdSession session() {
        return session;
    }

    /** The revision at which its key was created, as far as known; 0 if it is not. */
    final long revision() {
        return revision;
    }

    /** Its key, which can only be asked for once a place is known. */
    final ByteSequence key() {
        return own(session.lease().join());
    }

    /** Enters the queue unless it has, and tells its place there. */
    final CompletableFuture<Place> ask() {
        return session.lease().thenCompose(lease -> revision == 0 ? enter(lease) : look(lease));
    }

    private CompletableFuture<Place> enter(long lease) {
        if (counted.compareAndSet(false, true)) {
            session.entered();
        }
        return session.calls().call("lock request", () -> sendEntry(lease)).thenCompose(reply -> {
            List<KeyValue> own = reply.getGetResponses().get(0).getKvs();
            if (own.isEmpty()) {
                throw new IllegalStateException("the candidate has left before");
            }
            revision = own.get(0).getCreateRevision();
            return reply.isSucceeded() ? entered(lease, reply) : look(lease);
        });
    }

    private CompletableFuture<TxnResponse> sendEntry(long lease) {
        unanswered.incrementAndGet();
        return put(lease).thenApply(reply -> {
            unanswered.decrementAndGet();
            return reply;
        });
    }

    /** Somebody deleted its key: it queues again, at the end. */
    final CompletableFuture<Place> enterAgain(long lease) {
        revision = 0;
        return enter(lease);
    }

    // ---- how it stands in a mutex -----------------------------------------------------------------------------------

    ByteSequence own(long lease) {
        return keys(lease).own();
    }

    private EtcdKeys keys(long lease) {
        return EtcdKeys.of(name, lease, number);
    }

    /** Puts the key unless it is there or has left. Its own key is the first that is read, in any case. */
    CompletableFuture<TxnResponse> put(long lease) {
        return etcd.enter(keys(lease), lease);
    }

    /** What a put that has succeeded tells. */
    CompletableFuture<Place> entered(long lease, TxnResponse reply) {
        return CompletableFuture.completedFuture(
                place(reply.getGetResponses().get(0).getKvs(), reply.getHeader().getRevision()));
    }

    /** Its place, once its key has been there. */
    CompletableFuture<Place> look(long lease) {
        EtcdKeys keys = keys(lease);
        return predecessor
                .map(before -> lookBehind(before, lease, keys))
                .orElseGet(() -> session.calls()
                        .call("lock query", () -> etcd.newest(keys, revision))
                        .thenCompose(reply -> found(
                                lease, keys, reply.getKvs(), reply.getHeader().getRevision())));
    }

    CompletableFuture<?> delete(long lease, boolean forGood) {
        EtcdKeys keys = keys(lease);
        return session.calls().call("release", () -> forGood ? etcd.leaveForGood(keys, lease) : etcd.leave(keys));
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
        return enterAgain(lease);
    }

    private Place place(List<KeyValue> mineAndPredecessor, long readAt) {
        predecessor = mineAndPredecessor.stream()
                .skip(1)
                .findFirst()
                .map(before -> new Predecessor(before.getKey(), before.getCreateRevision()));
        return new Place(mineAndPredecessor.get(0).getCreateRevision(), predecessor, readAt);
    }

    // ---- leaving ----------------------------------------------------------------------------------------------------

    /** Deletes its key, for good: no put of this candidate takes effect any more. */
    final CompletableFuture<Void> leave() {
        if (!counted.get()) {
            return CompletableFuture.completedFuture(null);
        }
        long lease = session.lease().join();
        boolean late = unanswered.get() > 0;
        if (late) {
            session.retire(); // the mark goes with the lease, and the lease when its last candidate has left
        }
        return delete(lease, late)
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
