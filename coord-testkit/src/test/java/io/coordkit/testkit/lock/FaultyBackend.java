package io.coordkit.testkit.lock;

import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.ReadWriteBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A correct backend that is made to break a rule: the measure of the contract itself. */
final class FaultyBackend implements LockBackend {
    private static final int RENEWED_AT_ONCE = 5;
    private static final int DEAD_STAY = 60; // TTLs

    private final LockBackend backend;
    private final LockFault fault;
    private final FaultyStore store;

    FaultyBackend(LockBackend backend, LockFault fault, FaultyStore store) {
        this.backend = backend;
        this.fault = fault;
        this.store = store;
    }

    @Override
    public LockGuarantees guarantees() {
        LockGuarantees all = backend.guarantees();
        if (fault != LockFault.L33_FAIR_IS_NOT_REFUSED) {
            return all;
        }
        Map<LockGuarantee, String> fewer = new EnumMap<>(all.promised());
        fewer.remove(LockGuarantee.FAIR);
        return new LockGuarantees(all.backend(), fewer);
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        String stored = fault == LockFault.L14_IGNORES_CASE ? name.toLowerCase(Locale.ROOT) : name;
        Duration kept = fault == LockFault.L9_DEAD_HOLDERS_STAY ? ttl.multipliedBy(DEAD_STAY) : ttl;
        return new FaultyCandidacy(store.lock(stored), fault, ttl, wake, own -> backend.stand(stored, kept, own));
    }

    @Override
    public Optional<ReadWriteBackend> readWrite() {
        return backend.readWrite().map(shared -> new FaultySharing(shared, fault, store));
    }

    @Override
    public Optional<AdminBackend> admin() {
        return backend.admin().map(admin -> new FaultyAdmin(admin, fault));
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        List<CompletionStage<Renewal>> renewals = new ArrayList<>();
        for (Candidacy each : due) {
            boolean forgotten = fault == LockFault.L27_RENEWS_NO_MORE_THAN_FIVE && renewals.size() >= RENEWED_AT_ONCE;
            renewals.add(
                    forgotten
                            ? CompletableFuture.failedStage(new IllegalStateException("too many"))
                            : each instanceof FaultySharing.Place place ? renew(place) : renew((FaultyCandidacy) each));
        }
        return renewals;
    }

    private CompletionStage<Renewal> renew(FaultySharing.Place place) {
        return backend.renew(List.of(place.inner())).get(0).thenApply(place::renewed);
    }

    private CompletionStage<Renewal> renew(FaultyCandidacy candidacy) {
        boolean again = candidacy.countRenewal() > 1;
        if (fault == LockFault.L7_ONLY_THE_FIRST_RENEWAL_EXTENDS && again) {
            return CompletableFuture.completedStage(new Renewal.Extended(candidacy.ttl()));
        }
        return backend.renew(List.of(candidacy.inner()))
                .get(0)
                .thenApply(renewal -> fault == LockFault.L10_RENEWALS_OF_LOST_LOCKS_SUCCEED
                        ? new Renewal.Extended(candidacy.ttl())
                        : renewal)
                .exceptionallyCompose(failure -> fault == LockFault.L29_NO_ANSWER_IS_A_LOSS
                        ? CompletableFuture.completedStage(new Renewal.Gone("no idea"))
                        : CompletableFuture.failedStage(failure));
    }

    @Override
    public void close() {
        backend.close();
    }
}
