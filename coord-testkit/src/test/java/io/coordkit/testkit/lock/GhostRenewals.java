package io.coordkit.testkit.lock;

import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.ReadWriteBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Breaks L19: goes on renewing what was released, as a watchdog does that outlives its lock. */
final class GhostRenewals implements LockBackend {
    private final LockBackend backend;

    GhostRenewals(LockBackend backend) {
        this.backend = backend;
    }

    @Override
    public LockGuarantees guarantees() {
        return backend.guarantees();
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new Ghost(backend.stand(name, ttl, wake));
    }

    @Override
    public Optional<ReadWriteBackend> readWrite() {
        return backend.readWrite()
                .map(shared -> (name, access, ttl, wake) -> new Ghost(shared.stand(name, access, ttl, wake)));
    }

    @Override
    public Optional<AdminBackend> admin() {
        return backend.admin();
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        return backend.renew(due.stream().map(one -> ((Ghost) one).candidacy).toList());
    }

    @Override
    public void close() {
        backend.close();
    }

    private final class Ghost implements Candidacy {
        private final Candidacy candidacy;

        Ghost(Candidacy candidacy) {
            this.candidacy = candidacy;
        }

        @Override
        public CompletionStage<Answer> request() {
            return candidacy.request();
        }

        @Override
        public CompletionStage<Void> abandon() {
            CompletableFuture.delayedExecutor(30, TimeUnit.MILLISECONDS, Runnable::run)
                    .execute(() -> backend.renew(List.of(candidacy)));
            return candidacy.abandon();
        }
    }
}
