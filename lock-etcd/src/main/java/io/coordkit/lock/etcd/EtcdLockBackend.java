package io.coordkit.lock.etcd;

import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ClientNames;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.ReadWriteBackend;
import io.coordkit.lock.spi.Renewal;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.options.GetOption;
import java.nio.charset.StandardCharsets;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Candidacies on one etcd cluster. */
final class EtcdLockBackend implements LockBackend {
    private static final Duration START_LIMIT = Duration.ofSeconds(3);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(1);
    private static final LockGuarantees GUARANTEES = new LockGuarantees(
            "etcd",
            Map.of(
                    LockGuarantee.FENCED,
                    "as long as etcd keeps its data: restored from a backup or rebuilt, its revisions start lower, and"
                            + " the era must be raised",
                    LockGuarantee.SURVIVES_NODE_LOSS,
                    "if etcd is a cluster of three members or more",
                    LockGuarantee.FAIR,
                    "in the order of etcd's revisions, among those whose process keeps its lease",
                    LockGuarantee.WAKES_ONE,
                    "unless a watch ends, which wakes its waiter",
                    LockGuarantee.READ_WRITE,
                    "among those whose process keeps its lease"));

    private final Client client;
    private final EtcdTransactions transactions;
    private final Runnable onClose;
    private final LongSupplier ticker;
    private final EtcdRenewals renewals;
    private final Map<Duration, EtcdSession> open = new ConcurrentHashMap<>();
    private final Set<EtcdSession> sessions = ConcurrentHashMap.newKeySet();
    private final Set<EtcdCandidacy> candidacies = ConcurrentHashMap.newKeySet();

    private EtcdLockBackend(Client client, Runnable onClose, LongSupplier ticker) {
        this.client = client;
        this.transactions = new EtcdTransactions(client.getKVClient(), ClientNames.next());
        this.onClose = onClose;
        this.ticker = ticker;
        this.renewals = new EtcdRenewals(transactions);
    }

    /**
     * A backend over that client, once a quorum of its members has answered.
     *
     * @throws io.coordkit.BackendUnreachableException if it has not
     */
    static EtcdLockBackend over(Client client, Runnable onClose, LongSupplier ticker) {
        EtcdLockBackend backend = new EtcdLockBackend(client, onClose, ticker);
        ByteSequence anyCandidates = ByteSequence.from("ck/l/", StandardCharsets.UTF_8);
        try {
            var unused = new EtcdCalls(START_LIMIT)
                    .call(
                            "first query",
                            () -> client.getKVClient()
                                    .get(
                                            anyCandidates,
                                            GetOption.builder()
                                                    .withCountOnly(true)
                                                    .build()))
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
        return backend;
    }

    @Override
    public LockGuarantees guarantees() {
        return GUARANTEES;
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return candidacy(name, ttl, wake, session -> new EtcdCandidate(transactions, session, name));
    }

    @Override
    public Optional<ReadWriteBackend> readWrite() {
        return Optional.of((name, access, ttl, wake) ->
                candidacy(name, ttl, wake, session -> new EtcdSharedCandidate(transactions, session, name, access)));
    }

    @Override
    public Optional<AdminBackend> admin() {
        return Optional.of(new EtcdAdmin(transactions, client.getLeaseClient()));
    }

    private EtcdCandidacy candidacy(
            String name, Duration ttl, Runnable wake, Function<EtcdSession, EtcdCandidate> standing) {
        return new EtcdCandidacy(this, name, ttl, new EtcdWatch(client.getWatchClient(), wake), standing);
    }

    long now() {
        return ticker.getAsLong();
    }

    /** The session with the lease that is current for its TTL. */
    EtcdSession sessionFor(EtcdCandidacy candidacy) {
        candidacies.add(candidacy);
        return session(candidacy.ttl());
    }

    private EtcdSession session(Duration ttl) {
        EtcdSession[] fresh = new EtcdSession[1];
        EtcdSession session = open.compute(ttl, (key, current) -> {
            if (current != null && current.isOpen()) {
                return current;
            }
            fresh[0] = new EtcdSession(client, ttl, ticker);
            return fresh[0];
        });
        if (fresh[0] == session) {
            sessions.removeIf(EtcdSession::isOver);
            sessions.add(session);
            session.open();
        }
        return session;
    }

    /** It has been abandoned. */
    void forget(EtcdCandidacy candidacy) {
        candidacies.remove(candidacy);
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        List<EtcdCandidate> holders =
                due.stream().map(one -> ((EtcdCandidacy) one).holder()).toList();
        Map<EtcdCandidate, CompletableFuture<Renewal>> answers = renewals.renew(holders, now());
        List<CompletionStage<Renewal>> inOrder = new ArrayList<>();
        holders.forEach(holder -> inOrder.add(answers.get(holder)));
        return inOrder;
    }

    @Override
    public void close() {
        candidacies.forEach(candidacy -> candidacy.watch().stop());
        CompletableFuture<?>[] revoked =
                sessions.stream().map(EtcdSession::close).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(revoked).get(CLOSE_WAIT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (TimeoutException | ExecutionException leasesExpireByThemselves) {
            // nothing hangs on them
        } finally {
            onClose.run();
        }
    }
}
