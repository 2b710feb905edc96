package io.coordkit.lock.zookeeper;

import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ClientNames;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.ReadWriteBackend;
import io.coordkit.lock.spi.Renewal;
import io.coordkit.lock.zookeeper.ZooKeeperCalls.Proof;
import io.coordkit.time.Scheduler;
import io.coordkit.time.Scheduler.Scheduled;
import io.coordkit.time.SystemScheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.imps.CuratorFrameworkState;

/** Candidacies in the session of one Curator client. */
final class ZooKeeperLockBackend implements LockBackend {
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final int MOST_DOUBLINGS = 5;
    private static final LockGuarantees GUARANTEES = new LockGuarantees(
            "zookeeper",
            Map.of(
                    LockGuarantee.FENCED,
                    "while the ensemble keeps its data: the token is the transaction that queued the holder",
                    LockGuarantee.SURVIVES_NODE_LOSS,
                    "on an ensemble of three servers or more, while a majority of them is up and has its data",
                    LockGuarantee.FAIR,
                    "in the order of ZooKeeper's sequence, among those whose process keeps its session",
                    LockGuarantee.WAKES_ONE,
                    "unless a client has to begin a new session, which wakes all that wait in it",
                    LockGuarantee.READ_WRITE,
                    "among those whose process keeps its session"));

    private final CuratorFramework curator;
    private final Runnable onClose;
    private final ZooKeeperCalls calls;
    private final ZooKeeperSession session;
    private final ZooKeeperWakeups wakeups;
    private final Scheduler timer = new SystemScheduler("coordkit-zookeeper-timer");
    private final String client = ClientNames.next();
    private final AtomicLong candidates = new AtomicLong();
    private final Set<QueuePlace> standing = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    private ZooKeeperLockBackend(CuratorFramework curator, Runnable onClose) {
        this.curator = curator;
        this.onClose = onClose;
        this.calls = new ZooKeeperCalls(curator);
        this.session = new ZooKeeperSession(curator);
        this.wakeups = new ZooKeeperWakeups(calls, session);
    }

    /**
     * A backend over that client, once it has found the ensemble fit for that TTL.
     *
     * @param onClose ends what was opened for it
     */
    static ZooKeeperLockBackend over(CuratorFramework curator, Duration ttl, Runnable onClose) {
        ZooKeeperFitness.require(curator, ttl);
        ZooKeeperLockBackend backend = new ZooKeeperLockBackend(curator, onClose);
        curator.getConnectionStateListenable().addListener(backend.wakeups);
        return backend;
    }

    @Override
    public LockGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new ZooKeeperCandidacy(this, () -> {
            QueueNode node = new QueueNode(calls, ZooKeeperPaths.queue(name), nextCandidate());
            return new QueuePlace(this, node, ttl, wake);
        });
    }

    @Override
    public Optional<ReadWriteBackend> readWrite() {
        return Optional.of((name, access, ttl, wake) -> new ZooKeeperCandidacy(this, () -> {
            String candidate = ZooKeeperPaths.shared(nextCandidate(), access);
            QueueNode node = new QueueNode(calls, ZooKeeperPaths.sharedQueue(name), candidate);
            return new SharedPlace(this, node, access, ttl, wake);
        }));
    }

    @Override
    public Optional<AdminBackend> admin() {
        return Optional.of(new ZooKeeperAdmin(this));
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        Proof proof = calls.prove(); // one for all: it is their session that is renewed
        List<CompletableFuture<Renewal>> answers = due.stream()
                .map(candidacy -> ((ZooKeeperCandidacy) candidacy).renew(proof))
                .toList();
        return List.copyOf(inTime(answers));
    }

    ZooKeeperCalls calls() {
        return calls;
    }

    ZooKeeperSession session() {
        return session;
    }

    ZooKeeperWakeups wakeups() {
        return wakeups;
    }

    Scheduler timer() {
        return timer;
    }

    private String nextCandidate() {
        return client + "-" + candidates.incrementAndGet();
    }

    void standing(QueuePlace place) {
        standing.add(place);
    }

    void gone(QueuePlace place) {
        standing.remove(place);
    }

    boolean isClosing() {
        return closing;
    }

    /** Whether the client has been closed, and all its nodes with it. */
    boolean isSessionClosed() {
        return curator.getState() == CuratorFrameworkState.STOPPED;
    }

    static Duration backoff(int failures) {
        Duration longest = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(longest.toNanos() / 2, longest.toNanos() + 1));
    }

    /** Fails if the answer is not there by the call timeout. */
    <T> CompletableFuture<T> inTime(CompletableFuture<T> answer) {
        return inTime(List.of(answer)).get(0);
    }

    private <T> List<CompletableFuture<T>> inTime(List<CompletableFuture<T>> answers) {
        List<CompletableFuture<T>> limited = new ArrayList<>(answers.size());
        for (CompletableFuture<T> answer : answers) {
            CompletableFuture<T> copy = new CompletableFuture<>();
            var unused = answer.whenComplete((value, failure) -> {
                if (failure == null) {
                    copy.complete(value);
                } else {
                    copy.completeExceptionally(cause(failure));
                }
            });
            limited.add(copy);
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(limited.toArray(CompletableFuture<?>[]::new));
        if (!all.isDone()) {
            Scheduled timeout = timer.schedule(
                    CALL_TIMEOUT,
                    () -> limited.forEach(one -> one.completeExceptionally(
                            new TimeoutException("ZooKeeper did not answer within " + CALL_TIMEOUT))));
            var unused = all.whenComplete((done, failure) -> timeout.cancel());
        }
        return limited;
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }

    /** Leaves no node behind, also in a session that goes on. */
    @Override
    public void close() {
        closing = true;
        curator.getConnectionStateListenable().removeListener(wakeups);
        timer.close();
        standing.forEach(QueuePlace::leaveForGood);
        onClose.run();
    }
}
