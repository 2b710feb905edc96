package io.coordkit.lock.etcd;

import io.coordkit.lock.FenceMark;
import io.coordkit.lock.Hold;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Refuses, for data in etcd, a holder of a lock whose token is older than one the data has seen. The lock may come from
 * any backend, and from another etcd.
 *
 * <p>Beside each key that it guards stands its fence, {@code ck/fence/} and the key. The era is configuration: raise it
 * when the lock store is replaced, restored or rebuilt, for tokens of two stores do not compare. If the data is in the
 * same etcd as the locks, a restore brings back older fences with it.
 *
 * <p>Nothing here blocks. Immutable and thread-safe. Source: Kleppmann, "How to do distributed locking", 2016.
 */
public final class EtcdFence {
    private static final ByteSequence PREFIX = ByteSequence.from("ck/fence/", StandardCharsets.UTF_8);

    private final KV kv;
    private final int era;

    private EtcdFence(KV kv, int era) {
        this.kv = kv;
        this.era = era;
    }

    /**
     * Over the caller's own jetcd client, which the caller closes.
     *
     * @param era 0 or greater
     */
    public static EtcdFence using(Client client, int era) {
        return new EtcdFence(client.getKVClient(), FenceMark.checkEra(era));
    }

    /**
     * Raises the key's fence to the hold's token; call it before the first read that a write depends on.
     *
     * @param key what is guarded
     * @return false if the key has seen a newer token: write nothing then; fails as jetcd does, and the fence may be
     *     raised then
     */
    public CompletableFuture<Boolean> enter(ByteSequence key, Hold hold) {
        return commit(key, hold, List.of());
    }

    /**
     * Raises the key's fence to the hold's token and does all these, in one transaction.
     *
     * @param key what is guarded
     * @param writes puts and deletes, of that key or of others that it guards too
     * @return false if the key has seen a newer token, and nothing is written; fails as jetcd does, and they may be
     *     written then
     */
    public CompletableFuture<Boolean> commit(ByteSequence key, Hold hold, List<Op> writes) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("key must not be empty");
        }
        ByteSequence fence = PREFIX.concat(key);
        ByteSequence mark = ByteSequence.from(FenceMark.of(era, hold), StandardCharsets.US_ASCII);
        List<Op> all = new ArrayList<>(List.of(Op.put(fence, mark, PutOption.DEFAULT)));
        all.addAll(writes);
        // The comparison fails for a key that is not there: then nobody has been here.
        return kv.txn()
                .If(new Cmp(fence, Cmp.Op.GREATER, CmpTarget.value(mark)))
                .Then(Op.get(fence, GetOption.DEFAULT))
                .Else(all.toArray(Op[]::new))
                .commit()
                .thenApply(response -> !response.isSucceeded());
    }
}
