package io.coordkit.testkit.lock;

import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** A queue for each lock, in memory, that counts what it is asked. Correct unless told to break a rule. */
final class QueueBackend implements LockBackend {
    private final Store store;
    private final ProofFault fault;

    QueueBackend(Store store, ProofFault fault) {
        this.store = store;
        this.fault = fault;
    }

    /** What all backends of a test share. */
    static final class Store {
        private final Map<String, Deque<Place>> queues = new ConcurrentHashMap<>();
        private final Set<String> connections = new TreeSet<>();
        private long commands;
        private long grants;

        synchronized long commands() {
            return commands;
        }

        synchronized Set<String> connections() {
            return Set.copyOf(connections);
        }
    }

    @Override
    public LockGuarantees guarantees() {
        return new LockGuarantees("queue", Map.of());
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new Place(name, ttl, wake);
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        List<CompletionStage<Renewal>> renewals = new ArrayList<>();
        due.forEach(each -> renewals.add(CompletableFuture.completedStage(new Renewal.Extended(((Place) each).ttl))));
        return renewals;
    }

    @Override
    public void close() {}

    private final class Place implements Candidacy {
        private final Deque<Place> queue;
        private final String name;
        private final Duration ttl;
        private final Runnable wake;
        private @Nullable Thread asker;
        private long grant;

        Place(String name, Duration ttl, Runnable wake) {
            this.queue = store.queues.computeIfAbsent(name, key -> new ArrayDeque<>());
            this.name = name;
            this.ttl = ttl;
            this.wake = wake;
        }

        @Override
        public CompletionStage<Answer> request() {
            synchronized (store) {
                store.commands++;
                if (fault == ProofFault.L38_CONNECTIONS_STAY) {
                    store.connections.add(name);
                }
                if (!queue.contains(this)) {
                    queue.add(this);
                }
                if (queue.peek() != this) {
                    return CompletableFuture.completedStage(new Answer.Pending(ttl));
                }
                if (grant == 0) {
                    grant = ++store.grants;
                    asker = Thread.currentThread();
                }
                return CompletableFuture.completedStage(new Answer.Granted(grant, ttl));
            }
        }

        @Override
        public CompletionStage<Void> abandon() {
            List<Place> woken = new ArrayList<>();
            synchronized (store) {
                store.commands++;
                boolean mine = fault != ProofFault.L39_A_GRANT_BELONGS_TO_A_THREAD || asker == Thread.currentThread();
                if (mine && queue.remove(this)) {
                    Place next = queue.peek();
                    if (fault == ProofFault.L37_A_RELEASE_WAKES_ALL) {
                        woken.addAll(queue);
                    } else if (next != null) {
                        woken.add(next);
                    }
                }
            }
            woken.forEach(place -> place.wake.run());
            return CompletableFuture.completedStage(null);
        }
    }
}
