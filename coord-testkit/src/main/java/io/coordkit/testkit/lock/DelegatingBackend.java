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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A real backend with a wire that can be cut: what is cut off neither reaches the store nor gets an answer. Answers can be
 * held, delayed and lost as well.
 */
final class DelegatingBackend implements LockBackend {
    private final LockBackend backend;
    private final AtomicInteger renewals = new AtomicInteger();
    private volatile boolean renewalsCut;
    private volatile boolean allCut;
    private volatile boolean throwing;
    private volatile Runnable onRequest = () -> {};
    private volatile Consumer<Candidacy> onPending = candidacy -> {};
    private volatile Consumer<Candidacy> onRenewed = candidacy -> {};
    private volatile Duration delay = Duration.ZERO;
    private final AtomicInteger repliesToLose = new AtomicInteger();
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

    /** Is told of each candidacy that the store has queued, whenever it says so. */
    void onPending(Consumer<Candidacy> action) {
        onPending = action;
    }

    /** Is told of each candidacy that the store has renewed, each time. */
    void onRenewed(Consumer<Candidacy> action) {
        onRenewed = action;
    }

    /** The next answer to a request is lost, after the store has acted on it. */
    void loseAReply() {
        repliesToLose.incrementAndGet();
    }

    /** Answers to requests take that much longer from now on. */
    void delayAnswers(Duration by) {
        delay = by;
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
    public Optional<ReadWriteBackend> readWrite() {
        return backend.readWrite()
                .map(shared -> (name, access, ttl, wake) -> new Cuttable(shared.stand(name, access, ttl, wake)));
    }

    @Override
    public Optional<AdminBackend> admin() {
        return backend.admin();
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
        List<CompletionStage<Renewal>> renewals = backend.renew(
                due.stream().map(one -> ((Cuttable) one).candidacy).toList());
        for (int i = 0; i < due.size(); i++) {
            Candidacy candidacy = due.get(i);
            var unused = renewals.get(i).thenAccept(renewal -> {
                if (renewal instanceof Renewal.Extended) {
                    onRenewed.accept(candidacy);
                }
            });
        }
        return renewals;
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
            if (allCut) {
                return noAnswer();
            }
            boolean lost = repliesToLose.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
            return candidacy
                    .request()
                    .thenCombine(answersHeld, (answer, arrived) -> answer)
                    .thenCompose(answer -> delayed(answer))
                    .thenCompose(answer -> lost ? noAnswer() : CompletableFuture.completedStage(answer))
                    .thenApply(answer -> {
                        if (answer instanceof Answer.Pending) {
                            onPending.accept(this);
                        }
                        return answer;
                    });
        }

        private CompletionStage<Answer> delayed(Answer answer) {
            CompletableFuture<Answer> now = CompletableFuture.completedFuture(answer);
            return delay.isZero()
                    ? now
                    : now.thenApplyAsync(
                            same -> same,
                            CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, Runnable::run));
        }

        @Override
        public CompletionStage<Void> abandon() {
            throwIfThrowing();
            return allCut ? noAnswer() : candidacy.abandon();
        }
    }
}
