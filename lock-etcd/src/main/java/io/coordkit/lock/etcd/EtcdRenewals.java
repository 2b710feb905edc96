package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.Renewal;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.kv.GetResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Renews candidates that hold: their leases, and at the same time a look at their keys, a hundred of them per read-only
 * transaction (etcd allows 128 by default).
 */
final class EtcdRenewals {
    private static final int KEYS_PER_CALL = 100;

    private final EtcdTransactions etcd;

    EtcdRenewals(EtcdTransactions etcd) {
        this.etcd = etcd;
    }

    /** One future for each holder; validity counts from {@code calledAt}. */
    Map<EtcdCandidate, CompletableFuture<Renewal>> renew(List<EtcdCandidate> holders, long calledAt) {
        Map<EtcdCandidate, CompletableFuture<Renewal>> renewals = new HashMap<>();
        holders.stream().collect(Collectors.groupingBy(EtcdCandidate::session)).forEach((session, sharing) -> {
            CompletableFuture<Void> alive = session.refresh();
            for (int from = 0; from < sharing.size(); from += KEYS_PER_CALL) {
                List<EtcdCandidate> some = sharing.subList(from, Math.min(sharing.size(), from + KEYS_PER_CALL));
                CompletableFuture<List<Boolean>> standing =
                        alive.thenCombine(look(session, some), (ok, found) -> found);
                for (int i = 0; i < some.size(); i++) {
                    int index = i;
                    renewals.put(
                            some.get(i),
                            standing.thenApply(found -> renewal(session, found.get(index), calledAt))
                                    .exceptionallyCompose(EtcdRenewals::goneOrUnknown));
                }
            }
        });
        return renewals;
    }

    /** Whether each of them is still in etcd, and has been since it was granted. */
    private CompletableFuture<List<Boolean>> look(EtcdSession session, List<EtcdCandidate> holders) {
        List<ByteSequence> keys = holders.stream().map(EtcdCandidate::key).toList();
        return session.calls().call("renewal", () -> etcd.read(keys)).thenApply(reply -> {
            List<Boolean> found = new ArrayList<>();
            for (int i = 0; i < holders.size(); i++) {
                found.add(stands(holders.get(i), reply.getGetResponses().get(i)));
            }
            return found;
        });
    }

    private static boolean stands(EtcdCandidate holder, GetResponse reply) {
        List<KeyValue> found = reply.getKvs();
        return !found.isEmpty() && found.get(0).getCreateRevision() == holder.revision();
    }

    private static Renewal renewal(EtcdSession session, boolean stands, long calledAt) {
        return stands
                ? new Renewal.Extended(session.validFor(calledAt))
                : new Renewal.Gone("its key is gone from etcd: deleted, or lost with etcd's data");
    }

    private static CompletableFuture<Renewal> goneOrUnknown(Throwable failure) {
        return EtcdCalls.isLeaseGone(failure)
                ? CompletableFuture.completedFuture(new Renewal.Gone(EtcdCalls.LeaseGone.MESSAGE))
                : CompletableFuture.failedFuture(failure);
    }
}
