package io.coordkit.lock.redlock;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.redisson.api.RedissonClient;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes of one Redlock, an odd number of independent servers. Thread-safe. */
final class RedlockNodes implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedlockNodes.class);
    private static final int FEWEST = 3;
    private static final Duration START_LIMIT = Duration.ofSeconds(5);
    private static final Duration IDLE = Duration.ofSeconds(1); // a thread that has connected is seldom needed again

    private final List<RedlockNode> nodes = new ArrayList<>();
    private final ExecutorService connectors;
    private final boolean owned;

    /** Where a node is, and how to get a client for it. */
    record Access(String label, Supplier<RedissonClient> connect) {}

    private RedlockNodes(List<Access> accesses, RedlockOptions options, LongSupplier ticker, boolean owned) {
        AtomicInteger number = new AtomicInteger();
        this.owned = owned;
        this.connectors = new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, IDLE.toNanos(), TimeUnit.NANOSECONDS, new SynchronousQueue<>(), task -> {
                    Thread thread = new Thread(task, "coordkit-redlock-connect-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        NodeScripts scripts = NodeScripts.load();
        List<String> rules = List.of(Long.toString(options.maxTtl().toMillis()), Integer.toString(accesses.size()));
        NodeInspection inspection = new NodeInspection(scripts.inspect(), rules, START_LIMIT);
        for (Access access : accesses) {
            nodes.add(new RedlockNode(
                    access.label(),
                    new NodeAdmission(
                            access.connect(), client -> inspection.require(access.label(), client), connectors, ticker),
                    scripts,
                    rules));
        }
    }

    /**
     * Connects to all at once; returns when all have answered, or a majority has and the others are slow.
     *
     * @param owned whether the clients are closed in the end
     * @throws ConfigurationException naming the number of nodes if it is even or less than three, or the node that
     *     cannot be used, and why
     * @throws BackendUnreachableException naming the nodes that are away, if no majority has answered
     */
    static RedlockNodes open(List<Access> accesses, RedlockOptions options, LongSupplier ticker, boolean owned) {
        if (accesses.size() < FEWEST || accesses.size() % 2 == 0) {
            throw new ConfigurationException("Redlock needs an odd number of independent nodes, " + FEWEST
                    + " or more, was given " + accesses.size()
                    + (accesses.size() < FEWEST ? "" : "; one fewer survives the loss of as many"));
        }
        Set<String> labels = new HashSet<>();
        for (Access access : accesses) {
            if (!labels.add(access.label())) {
                throw new ConfigurationException("Redlock node " + access.label() + " is named twice");
            }
        }
        RedlockNodes opened = new RedlockNodes(accesses, options, ticker, owned);
        try {
            opened.awaitMajority(options.nodeTimeout());
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private void awaitMajority(Duration forTheRest) {
        List<CompletableFuture<RedissonClient>> attempts =
                nodes.stream().map(node -> node.admission().attempt()).toList();
        if (doneWithin(CompletableFuture.anyOf(majority(attempts), all(attempts)), START_LIMIT)) {
            doneWithin(all(attempts), forTheRest);
        }
        List<String> away = new ArrayList<>();
        for (int i = 0; i < attempts.size(); i++) {
            CompletableFuture<RedissonClient> attempt = attempts.get(i);
            if (!attempt.isDone()) {
                away.add(nodes.get(i) + ": no answer in time");
            } else if (attempt.isCompletedExceptionally()) {
                Throwable failure = failure(attempt);
                if (failure instanceof ConfigurationException refused) {
                    throw refused;
                }
                away.add(nodes.get(i) + ": " + RedlockNode.describe(failure));
            }
        }
        if (away.size() > attempts.size() / 2) {
            throw new BackendUnreachableException(
                    "Redlock has no majority: " + away.size() + " of " + attempts.size() + " nodes did not answer: "
                            + String.join("; ", away),
                    null);
        }
        if (!away.isEmpty()) {
            log.warn("Redlock begins without {}", String.join("; ", away));
        }
    }

    /** Whether it has come within that time, be it a failure. */
    private static boolean doneWithin(CompletableFuture<?> awaited, Duration limit) {
        try {
            awaited.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException failed) {
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackendUnreachableException("Interrupted while connecting to Redlock nodes", e);
        }
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<RedissonClient>> attempts) {
        return CompletableFuture.allOf(attempts.toArray(CompletableFuture<?>[]::new));
    }

    private static CompletableFuture<Void> majority(List<CompletableFuture<RedissonClient>> attempts) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        AtomicInteger admitted = new AtomicInteger();
        attempts.forEach(attempt -> {
            var unused = attempt.thenRun(() -> {
                if (admitted.incrementAndGet() > attempts.size() / 2) {
                    reached.complete(null);
                }
            });
        });
        return reached;
    }

    private static Throwable failure(CompletableFuture<RedissonClient> attempt) {
        try {
            attempt.join();
            throw new IllegalStateException("It has not failed");
        } catch (CompletionException e) {
            return e.getCause() == null ? e : e.getCause();
        }
    }

    List<RedlockNode> all() {
        return nodes;
    }

    /** Whether the clients are closed with this. */
    boolean areOwned() {
        return owned;
    }

    @Override
    public void close() {
        List<CompletableFuture<Void>> closings = new ArrayList<>();
        for (RedlockNode node : nodes) {
            RedissonClient client = node.admission().close();
            if (owned && client != null) {
                closings.add(CompletableFuture.runAsync(client::shutdown, connectors));
            }
        }
        closings.forEach(CompletableFuture::join);
        connectors.shutdown();
    }
}
