package io.coordkit.lock.etcd;

import io.coordkit.lock.LockStatus;
import io.coordkit.lock.spi.AdminBackend;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.options.LeaseOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * What operators ask of etcd, which does not know since when a key is there. A holder is called {@code CLIENT:LEASE.N}. What
 * is left to it is what is left to its lease, which others of its client may keep alive.
 */
final class EtcdAdmin implements AdminBackend {
    private static final int KEYS_PER_PAGE = 1_000;

    private final EtcdTransactions etcd;
    private final Lease leases;
    private final EtcdCalls calls = EtcdCalls.within(Duration.ofSeconds(8));

    EtcdAdmin(EtcdTransactions etcd, Lease leases) {
        this.etcd = etcd;
        this.leases = leases;
    }

    @Override
    public CompletionStage<Optional<LockStatus>> inspect(String name) {
        return calls.call("look at a lock", () -> etcd.first(EtcdKeys.candidates(name)))
                .thenCompose(reply -> reply.getKvs().stream()
                        .findFirst()
                        .map(holder ->
                                status(name, holder, (int) reply.getCount() - 1).thenApply(Optional::of))
                        .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty())));
    }

    private CompletableFuture<LockStatus> status(String name, KeyValue holder, int waiters) {
        boolean revoked = EtcdTransactions.revocation(holder).isPresent();
        String client = revoked ? "released by force" : holder.getValue().toString(StandardCharsets.UTF_8);
        return calls.call("look at a lease", () -> leases.timeToLive(holder.getLease(), LeaseOption.DEFAULT))
                .thenApply(lease -> new LockStatus(
                        name,
                        client + ":" + EtcdKeys.candidateOf(holder.getKey()),
                        holder.getCreateRevision(),
                        Optional.empty(),
                        Optional.of(Duration.ofSeconds(Math.max(0, lease.getTTL()))),
                        waiters,
                        revoked));
    }

    @Override
    public CompletionStage<List<String>> list(String prefix, int limit) {
        return page(EtcdKeys.allMutexes(), prefix, limit, new LinkedHashSet<>());
    }

    private CompletableFuture<List<String>> page(ByteSequence from, String prefix, int limit, Set<String> names) {
        ByteSequence end = EtcdKeys.endOf(EtcdKeys.allMutexes());
        return calls.call("list of locks", () -> etcd.page(from, end, KEYS_PER_PAGE))
                .thenCompose(reply -> {
                    for (KeyValue each : reply.getKvs()) {
                        String name = EtcdKeys.nameOf(each.getKey());
                        if (names.size() < limit && name.startsWith(prefix)) {
                            names.add(name);
                        }
                    }
                    if (names.size() == limit || !reply.isMore()) {
                        return CompletableFuture.completedFuture(List.copyOf(names));
                    }
                    List<KeyValue> page = new ArrayList<>(reply.getKvs());
                    ByteSequence next = page.get(page.size() - 1).getKey().concat(ByteSequence.from(new byte[] {0}));
                    return page(next, prefix, limit, names);
                });
    }

    private static ByteSequence key(LockStatus holder) {
        String candidate = holder.holder().substring(holder.holder().lastIndexOf(':') + 1);
        return EtcdKeys.candidate(holder.name(), candidate);
    }

    @Override
    public CompletionStage<Boolean> revoke(LockStatus holder, String reason) {
        ByteSequence key = key(holder);
        long lease = EtcdKeys.leaseOf(key);
        return calls.call("release by force", () -> etcd.revoke(key, holder.grant(), lease, reason))
                .thenApply(reply -> reply.isSucceeded());
    }

    @Override
    public CompletionStage<Boolean> delete(LockStatus holder) {
        return calls.call("release by force", () -> etcd.delete(key(holder), holder.grant()))
                .thenApply(reply -> reply.isSucceeded());
    }
}
