package io.coordkit.lock.etcd;

import io.coordkit.lock.etcd.EtcdCandidate.Place;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
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
    private final Function<EtcdSession, EtcdCandidate> standing;
    private final AtomicReference<@Nullable EtcdCandidate> candidate = new AtomicReference<>();

    /** @param standing what stands for it under a lease */
    EtcdCandidacy(
            EtcdLockBackend backend,
            String name,
            Duration ttl,
            EtcdWatch watch,
            Function<EtcdSession, EtcdCandidate> standing) {
        this.backend = backend;
        this.name = name;
        this.ttl = ttl;
        this.watch = watch;
        this.standing = standing;
    }

    Duration ttl() {
        return ttl;
    }

    /** What stands for it in etcd, once it has been granted. */
    EtcdCandidate holder() {
        EtcdCandidate holder = candidate.get();
        if (holder == null) {
            throw new IllegalStateException("Lock '" + name + "' was never requested");
        }
        return holder;
    }

    EtcdWatch watch() {
        return watch;
    }

    @Override
    public CompletionStage<Answer> request() {
        return ask(backend.now(), LEASES_PER_REQUEST);
    }

    private CompletableFuture<Answer> ask(long calledAt, int leasesLeft) {
        EtcdCandidate current = candidate.get();
        if (current == null || current.session().isGone()) {
            current = standing.apply(backend.sessionFor(this));
            candidate.set(current);
        }
        EtcdSession session = current.session();
        CompletableFuture<Place> place = current.ask();
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
        return new Answer.Granted(place.grant(), validFor);
    }

    @Override
    public CompletionStage<Void> abandon() {
        watch.stop();
        backend.forget(this);
        EtcdCandidate leaving = candidate.get();
        return leaving == null ? CompletableFuture.completedFuture(null) : leaving.leave();
    }
}
