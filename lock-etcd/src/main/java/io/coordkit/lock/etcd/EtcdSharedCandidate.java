package io.coordkit.lock.etcd;

import io.coordkit.lock.etcd.EtcdKeys.Shared;
import io.coordkit.lock.spi.ReadWriteBackend.Access;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One key in the queue of a read-write lock. A writer waits for the key created just before its own, a reader for the
 * writer's key created last before its own; when that is gone, it looks again.
 *
 * <p>Whose turn it is has the lock, but needs a grant. A writer takes one by writing the grant key, whose revision is the
 * grant; readers have the revision that they find, and the first of them writes the key if it is not there. Nobody
 * else can write it meanwhile, so all readers find the same until the next writer.
 *
 * <p>The grant key must be there as long as anybody is who has its revision, and must not stay for ever. So whoever leaves
 * an empty lock deletes it, unless somebody has entered since: each entry writes a key of its own for that. If the last
 * who is there dies, the two keys stay until the lock is used again.
 */
final class EtcdSharedCandidate extends EtcdCandidate {
    private final Access access;

    EtcdSharedCandidate(EtcdTransactions etcd, EtcdSession session, String name, Access access) {
        super(etcd, session, name);
        this.access = access;
    }

    private Shared keys(long lease) {
        return Shared.of(name, access, lease, number);
    }

    @Override
    ByteSequence own(long lease) {
        return keys(lease).own();
    }

    @Override
    CompletableFuture<TxnResponse> put(long lease) {
        return etcd.enterShared(keys(lease), lease);
    }

    @Override
    CompletableFuture<Place> entered(long lease, TxnResponse reply) {
        return place(lease, reply);
    }

    @Override
    CompletableFuture<Place> look(long lease) {
        return session()
                .calls()
                .call("lock query", () -> etcd.lookShared(keys(lease), revision()))
                .thenCompose(reply ->
                        reply.getGetResponses().get(0).getKvs().isEmpty() ? enterAgain(lease) : place(lease, reply));
    }

    /** @param reply its own key, the newest two that may be in its way, the grant key */
    private CompletableFuture<Place> place(long lease, TxnResponse reply) {
        List<GetResponse> found = reply.getGetResponses();
        long readAt = reply.getHeader().getRevision();
        Shared keys = keys(lease);
        Optional<Predecessor> before = found.get(1).getKvs().stream()
                .filter(each -> !each.getKey().equals(keys.own()))
                .findFirst()
                .map(each -> new Predecessor(each.getKey(), each.getCreateRevision()));
        if (before.isPresent()) {
            return CompletableFuture.completedFuture(new Place(0, before, readAt));
        }
        Optional<KeyValue> grant = found.get(2).getKvs().stream().findFirst();
        boolean has = grant.isPresent()
                && (access == Access.READ || grant.get().getValue().equals(keys.own()));
        return has
                ? CompletableFuture.completedFuture(new Place(grant.get().getModRevision(), Optional.empty(), readAt))
                : takeGrant(lease, keys, grant.map(KeyValue::getModRevision).orElse(0L));
    }

    private CompletableFuture<Place> takeGrant(long lease, Shared keys, long lastGrant) {
        return session()
                .calls()
                .call("lock grant", () -> etcd.takeGrant(keys, revision(), lastGrant))
                .thenCompose(reply -> {
                    List<KeyValue> grant = reply.getGetResponses().get(0).getKvs();
                    return reply.isSucceeded()
                            ? CompletableFuture.completedFuture(new Place(
                                    grant.get(0).getModRevision(),
                                    Optional.empty(),
                                    reply.getHeader().getRevision()))
                            : look(lease); // its key is gone, or another reader was quicker, or this is a repeat
                });
    }

    @Override
    CompletableFuture<?> delete(long lease, boolean forGood) {
        Shared keys = keys(lease);
        return session()
                .calls()
                .call("release", () -> etcd.leaveShared(keys, lease, forGood))
                .thenCompose(reply -> {
                    List<GetResponse> found = reply.getGetResponses();
                    boolean empty = found.get(0).getKvs().isEmpty();
                    Optional<KeyValue> lastEntry =
                            found.get(1).getKvs().stream().findFirst();
                    return empty && lastEntry.isPresent()
                            ? session()
                                    .calls()
                                    .call(
                                            "clean-up",
                                            () -> etcd.forgetGrant(
                                                    keys, lastEntry.get().getModRevision()))
                            : CompletableFuture.completedFuture(reply);
                });
    }
}
