package io.coordkit.lock.etcd;

import io.coordkit.lock.etcd.EtcdCandidate.Predecessor;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.KeyValue;
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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What a candidate asks of etcd, each in one call that is safe to repeat. */
final class EtcdTransactions {
    private static final String REVOKED = "!";

    private final KV kv;
    private final ByteSequence client;

    /** @param client the name that stands in its candidates' keys, for operators */
    EtcdTransactions(KV kv, String client) {
        this.kv = kv;
        this.client = ByteSequence.from(client, StandardCharsets.UTF_8);
    }

    /** Puts the key unless it is there or has left, and reads the newest two candidates; or reads the key. */
    CompletableFuture<TxnResponse> enter(EtcdKeys keys, long lease) {
        return kv.txn()
                .If(createdAt(keys.own(), 0), createdAt(keys.left(), 0))
                .Then(
                        putUnder(lease, keys.own(), client),
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
        return kv.txn()
                .Then(delete(keys), putUnder(lease, keys.left(), ByteSequence.EMPTY))
                .commit();
    }

    // ---- read-write locks -------------------------------------------------------------------------------------------

    /** Puts the key unless it is there or has left, and reads as {@link #lookShared}; or reads the key. */
    CompletableFuture<TxnResponse> enterShared(EtcdKeys.Shared keys, long lease) {
        return kv.txn()
                .If(createdAt(keys.own(), 0), createdAt(keys.left(), 0))
                .Then(
                        putUnder(lease, keys.own(), client),
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
            steps.add(putUnder(lease, keys.left(), ByteSequence.EMPTY));
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

    /** Reads each of these keys. */
    CompletableFuture<TxnResponse> read(List<ByteSequence> keys) {
        List<Op> reads = new ArrayList<>();
        keys.forEach(key -> reads.add(Op.get(key, GetOption.DEFAULT)));
        return kv.txn().Then(reads.toArray(Op[]::new)).commit();
    }

    // ---- for operators ----------------------------------------------------------------------------------------------

    /** Reads the first candidate, and counts all. */
    CompletableFuture<GetResponse> first(ByteSequence candidates) {
        return kv.get(
                candidates,
                GetOption.builder()
                        .isPrefix(true)
                        .withSortField(SortTarget.CREATE)
                        .withSortOrder(SortOrder.ASCEND)
                        .withLimit(1)
                        .build());
    }

    /** Reads some keys of a range without their values, in order. */
    CompletableFuture<GetResponse> page(ByteSequence from, ByteSequence to, int limit) {
        return kv.get(
                from,
                GetOption.builder()
                        .withRange(to)
                        .withKeysOnly(true)
                        .withLimit(limit)
                        .build());
    }

    /** Marks a candidate's key with a reason to renew it no more; it stays under its lease. */
    CompletableFuture<TxnResponse> revoke(ByteSequence key, long createdAt, long lease, String reason) {
        return kv.txn()
                .If(createdAt(key, createdAt), changedAt(key, createdAt))
                .Then(putUnder(lease, key, ByteSequence.from(REVOKED + reason, StandardCharsets.UTF_8)))
                .commit();
    }

    /** The reason, if that key has been marked with one. */
    static Optional<String> revocation(KeyValue entry) {
        String value = entry.getValue().toString(StandardCharsets.UTF_8);
        return value.startsWith(REVOKED) ? Optional.of(value.substring(REVOKED.length())) : Optional.empty();
    }

    /** Deletes a candidate's key. */
    CompletableFuture<TxnResponse> delete(ByteSequence key, long createdAt) {
        return kv.txn()
                .If(createdAt(key, createdAt))
                .Then(Op.delete(key, DeleteOption.DEFAULT))
                .commit();
    }

    // -----------------------------------------------------------------------------------------------------------------

    private static Op delete(EtcdKeys keys) {
        return Op.delete(keys.own(), DeleteOption.DEFAULT);
    }

    private static Op putUnder(long lease, ByteSequence key, ByteSequence value) {
        return Op.put(key, value, PutOption.builder().withLeaseId(lease).build());
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
