package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.Renewal;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.KeyValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
                CompletableFuture<List<Optional<String>>> lost =
                        alive.thenCombine(look(session, some), (ok, found) -> found);
                for (int i = 0; i < some.size(); i++) {
                    int index = i;
                    renewals.put(
                            some.get(i),
                            lost.thenApply(why -> renewal(session, why.get(index), calledAt))
                                    .exceptionallyCompose(EtcdRenewals::goneOrUnknown));
                }
            }
        });
        return renewals;
    }

    /** For each of them why it is not held any more; empty for those that are. */
    private CompletableFuture<List<Optional<String>>> look(EtcdSession session, List<EtcdCandidate> holders) {
        List<ByteSequence> keys = holders.stream().map(EtcdCandidate::key).toList();
        return session.calls().call("renewal", () -> etcd.read(keys)).thenApply(reply -> {
            List<Optional<String>> lost = new ArrayList<>();
            for (int i = 0; i < holders.size(); i++) {
                lost.add(whyLost(holders.get(i), reply.getGetResponses().get(i).getKvs()));
            }
            return lost;
        });
    }

    private static Optional<String> whyLost(EtcdCandidate holder, List<KeyValue> found) {
        if (found.isEmpty() || found.get(0).getCreateRevision() != holder.revision()) {
            return Optional.of("its key is gone from etcd: deleted, or lost with etcd's data");
        }
        return EtcdTransactions.revocation(found.get(0)).map(reason -> "it was released by force: " + reason);
    }

    private static Renewal renewal(EtcdSession session, Optional<String> lost, long calledAt) {
        return lost.<Renewal>map(Renewal.Gone::new).orElseGet(() -> new Renewal.Extended(session.validFor(calledAt)));
    }

    private static CompletableFuture<Renewal> goneOrUnknown(Throwable failure) {
        return EtcdCalls.isLeaseGone(failure)
                ? CompletableFuture.completedFuture(new Renewal.Gone(EtcdCalls.LeaseGone.MESSAGE))
                : CompletableFuture.failedFuture(failure);
    }
}
