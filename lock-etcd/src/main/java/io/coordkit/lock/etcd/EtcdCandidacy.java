package io.coordkit.lock.etcd;

import io.coordkit.lock.etcd.EtcdCandidate.Place;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One attempt at one lock: a {@link EtcdCandidate} on the current lease, and another on the next one when that lease is
 * gone. The core calls it one call after the other.
 */
final class EtcdCandidacy implements Candidacy {
    private static final int LEASES_PER_REQUEST = 2;

    private final EtcdLockBackend backend;
    private final String name;
    private final Duration ttl;
    private final EtcdWatch watch;
    private final AtomicReference<@Nullable EtcdCandidate> candidate = new AtomicReference<>();

    EtcdCandidacy(EtcdLockBackend backend, String name, Duration ttl, EtcdWatch watch) {
        this.backend = backend;
        this.name = name;
        this.ttl = ttl;
        this.watch = watch;
    }

    Duration ttl() {
        return ttl;
    }

    /** What stands for it in etcd, once it has been granted. */
    EtcdCandidate holder() {
        EtcdCandidate standing = candidate.get();
        if (standing == null) {
            throw new IllegalStateException("Lock '" + name + "' was never requested");
        }
        return standing;
    }

    EtcdWatch watch() {
        return watch;
    }

    @Override
    public CompletionStage<Answer> request() {
        return ask(backend.now(), LEASES_PER_REQUEST);
    }

    private CompletableFuture<Answer> ask(long calledAt, int leasesLeft) {
        EtcdCandidate standing = candidate.get();
        if (standing == null || standing.session().isGone()) {
            standing = backend.candidate(name, this);
            candidate.set(standing);
        }
        EtcdSession session = standing.session();
        CompletableFuture<Place> place = standing.ask();
        CompletableFuture<Void> alive = session.refresh().exceptionally(failure -> null);
        return place.thenCombine(alive, (standsAt, checked) -> answer(session, standsAt, calledAt))
                .exceptionallyCompose(failure -> {
                    if (EtcdCalls.isLeaseGone(failure)) {
                        session.noteGone();
                        if (leasesLeft > 1) {
                            return ask(calledAt, leasesLeft - 1);
                        }
                    }
                    return CompletableFuture.failedFuture(failure);
                });
    }

    private Answer answer(EtcdSession session, Place place, long calledAt) {
        if (session.isGone()) {
            throw new EtcdCalls.LeaseGone(null);
        }
        if (place.predecessor().isPresent()) {
            watch.follow(place.predecessor().get().key(), place.readAt() + 1);
            return new Answer.Pending(ttl.dividedBy(3)); // which also keeps the lease alive
        }
        Duration validFor = session.validFor(calledAt);
        if (validFor.isNegative() || validFor.isZero()) {
            throw new IllegalStateException("etcd did not confirm the lease within the TTL");
        }
        watch.stop();
        return new Answer.Granted(place.revision(), validFor);
    }

    @Override
    public CompletionStage<Void> abandon() {
        watch.stop();
        backend.forget(this);
        EtcdCandidate leaving = candidate.get();
        return leaving == null ? CompletableFuture.completedFuture(null) : leaving.leave();
    }
}
