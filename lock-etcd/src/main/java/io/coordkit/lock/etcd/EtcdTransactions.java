package io.coordkit.lock.etcd;

import io.coordkit.lock.etcd.EtcdCandidate.Predecessor;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.GetOption.SortOrder;
import io.etcd.jetcd.options.GetOption.SortTarget;
import io.etcd.jetcd.options.PutOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a candidate asks of etcd, each in one call that is safe to repeat. */
final class EtcdTransactions {
    private final KV kv;

    EtcdTransactions(KV kv) {
        this.kv = kv;
    }

    /** Puts the key unless it is there or has left, and reads the newest two candidates; or reads the key. */
    CompletableFuture<TxnResponse> enter(EtcdKeys keys, long lease) {
        return kv.txn()
                .If(createdAt(keys.own(), 0), createdAt(keys.left(), 0))
                .Then(
                        putUnder(lease, keys.own()),
                        Op.get(keys.candidates(), newestTwo().build()))
                .Else(Op.get(keys.own(), GetOption.DEFAULT))
                .commit();
    }

    /** Reads the newest two candidates up to that revision, the newest first. */
    CompletableFuture<GetResponse> newest(EtcdKeys keys, long revision) {
        return kv.get(
                keys.candidates(), newestTwo().withMaxCreateRevision(revision).build());
    }

    /** Succeeds while key and predecessor are as they were, else does as {@link #newest}. */
    CompletableFuture<TxnResponse> newestUnlessBehind(EtcdKeys keys, long revision, Predecessor before) {
        return kv.txn()
                .If(createdAt(keys.own(), revision), createdAt(before.key(), before.revision()))
                .Else(Op.get(
                        keys.candidates(),
                        newestTwo().withMaxCreateRevision(revision).build()))
                .commit();
    }

    /** Deletes the key. */
    CompletableFuture<TxnResponse> leave(EtcdKeys keys) {
        return kv.txn().Then(delete(keys)).commit();
    }

    /** Deletes the key, and bars it from being put again. */
    CompletableFuture<TxnResponse> leaveForGood(EtcdKeys keys, long lease) {
        return kv.txn().Then(delete(keys), putUnder(lease, keys.left())).commit();
    }

    // ---- read-write locks -------------------------------------------------------------------------------------------

    /** Puts the key unless it is there or has left, and reads as {@link #lookShared}; or reads the key. */
    CompletableFuture<TxnResponse> enterShared(EtcdKeys.Shared keys, long lease) {
        return kv.txn()
                .If(createdAt(keys.own(), 0), createdAt(keys.left(), 0))
                .Then(
                        putUnder(lease, keys.own()),
                        Op.put(keys.entered(), keys.own(), PutOption.DEFAULT),
                        Op.get(keys.own(), GetOption.DEFAULT),
                        Op.get(keys.inTheWay(), newestTwo().build()),
                        Op.get(keys.grant(), GetOption.DEFAULT))
                .Else(Op.get(keys.own(), GetOption.DEFAULT))
                .commit();
    }

    /** Reads the key, the newest two up to that revision that may be in its way, and the last grant. */
    CompletableFuture<TxnResponse> lookShared(EtcdKeys.Shared keys, long revision) {
        return kv.txn()
                .Then(
                        Op.get(keys.own(), GetOption.DEFAULT),
                        Op.get(
                                keys.inTheWay(),
                                newestTwo().withMaxCreateRevision(revision).build()),
                        Op.get(keys.grant(), GetOption.DEFAULT))
                .commit();
    }

    /** Makes a grant, if the key is still there and the last grant is still that one, 0 for none; reads the grant. */
    CompletableFuture<TxnResponse> takeGrant(EtcdKeys.Shared keys, long revision, long lastGrant) {
        return kv.txn()
                .If(createdAt(keys.own(), revision), changedAt(keys.grant(), lastGrant))
                .Then(Op.put(keys.grant(), keys.own(), PutOption.DEFAULT), Op.get(keys.grant(), GetOption.DEFAULT))
                .Else(Op.get(keys.grant(), GetOption.DEFAULT))
                .commit();
    }

    /** Deletes the key, for good if so told, and reads whether anybody is left, and the last entry. */
    CompletableFuture<TxnResponse> leaveShared(EtcdKeys.Shared keys, long lease, boolean forGood) {
        List<Op> steps = new ArrayList<>();
        steps.add(Op.delete(keys.own(), DeleteOption.DEFAULT));
        if (forGood) {
            steps.add(putUnder(lease, keys.left()));
        }
        GetOption any = GetOption.builder()
                .isPrefix(true)
                .withKeysOnly(true)
                .withLimit(1)
                .build();
        steps.add(Op.get(keys.all(), any));
        steps.add(Op.get(keys.entered(), GetOption.DEFAULT));
        return kv.txn().Then(steps.toArray(Op[]::new)).commit();
    }

    /** Deletes what an empty lock has left behind, unless somebody has entered since. */
    CompletableFuture<TxnResponse> forgetGrant(EtcdKeys.Shared keys, long lastEntry) {
        return kv.txn()
                .If(changedAt(keys.entered(), lastEntry))
                .Then(Op.delete(keys.grant(), DeleteOption.DEFAULT), Op.delete(keys.entered(), DeleteOption.DEFAULT))
                .commit();
    }

    // -----------------------------------------------------------------------------------------------------------------

    /** Reads each of these keys, without its value. */
    CompletableFuture<TxnResponse> read(List<ByteSequence> keys) {
        List<Op> reads = new ArrayList<>();
        GetOption keyOnly = GetOption.builder().withKeysOnly(true).build();
        keys.forEach(key -> reads.add(Op.get(key, keyOnly)));
        return kv.txn().Then(reads.toArray(Op[]::new)).commit();
    }

    private static Op delete(EtcdKeys keys) {
        return Op.delete(keys.own(), DeleteOption.DEFAULT);
    }

    private static Op putUnder(long lease, ByteSequence key) {
        return Op.put(
                key, ByteSequence.EMPTY, PutOption.builder().withLeaseId(lease).build());
    }

    private static Cmp createdAt(ByteSequence key, long revision) {
        return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.createRevision(revision));
    }

    private static Cmp changedAt(ByteSequence key, long revision) {
        return new Cmp(key, Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
    }

    private static GetOption.Builder newestTwo() {
        return GetOption.builder()
                .isPrefix(true)
                .withKeysOnly(true)
                .withSortField(SortTarget.CREATE)
                .withSortOrder(SortOrder.DESCEND)
                .withLimit(2);
    }
}
