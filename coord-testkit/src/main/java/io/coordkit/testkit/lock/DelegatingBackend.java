package io.coordkit.testkit.lock;

import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A real backend with a wire that can be cut: what is cut off neither reaches the store nor gets an answer. */
final class DelegatingBackend implements LockBackend {
    private final LockBackend backend;
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile boolean renewalsCut;
    private volatile boolean allCut;
    private volatile boolean throwing;
    private volatile Runnable onRequest = () -> {};
    private volatile CompletableFuture<Void> answersHeld = CompletableFuture.completedFuture(null);

    DelegatingBackend(LockBackend backend) {
        this.backend = backend;
    }

    /** Renewals get no answer from now on; everything else works. */
    void cutRenewals() {
        renewalsCut = true;
    }

    /** Nothing gets an answer from now on. */
    void cutAll() {
        allCut = true;
        renewalsCut = true;
    }

    /** Every call throws, as a client library may that has been shut down; or none does. */
    void setThrowing(boolean nowThrowing) {
        throwing = nowThrowing;
    }

    /** Runs before each request goes out. */
    void onRequest(Runnable action) {
        onRequest = action;
    }

    /** The store answers requests, but the answers stay on the way. */
    void holdAnswers() {
        answersHeld = new CompletableFuture<>();
    }

    /** The answers held back arrive. */
    void releaseAnswers() {
        answersHeld.complete(null);
    }

    /** How many renewals of single locks were asked for. */
    int renewals() {
        return renewals.get();
    }

    @Override
    public LockGuarantees guarantees() {
        return backend.guarantees();
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new Cuttable(backend.stand(name, ttl, wake));
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        throwIfThrowing();
        renewals.addAndGet(due.size());
        if (renewalsCut) {
            return due.stream()
                    .map(one -> DelegatingBackend.<Renewal>noAnswer())
                    .toList();
        }
        return backend.renew(due.stream().map(one -> ((Cuttable) one).candidacy).toList());
    }

    @Override
    public void close() {
        backend.close();
    }

    private void throwIfThrowing() {
        if (throwing) {
            throw new IllegalStateException("the client library throws");
        }
    }

    private static <T> CompletionStage<T> noAnswer() {
        return CompletableFuture.failedStage(new IllegalStateException("the wire is cut"));
    }

    private final class Cuttable implements Candidacy {
        private final Candidacy candidacy;

        Cuttable(Candidacy candidacy) {
            this.candidacy = candidacy;
        }

        @Override
        public CompletionStage<Answer> request() {
            onRequest.run();
            throwIfThrowing();
            return allCut ? noAnswer() : candidacy.request().thenCombine(answersHeld, (answer, arrived) -> answer);
        }

        @Override
        public CompletionStage<Void> abandon() {
            throwIfThrowing();
            return allCut ? noAnswer() : candidacy.abandon();
        }
    }
}
