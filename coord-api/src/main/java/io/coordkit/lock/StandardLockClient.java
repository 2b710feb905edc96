package io.coordkit.lock;

import io.coordkit.ConfigurationException;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.observe.CoordEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock client of every backend: one {@link NamedLock} per name in use, or per waiter where each has a place of his own in the store's queue, and one {@link
 * Watchdog} for all.
 */
final class StandardLockClient implements LockClient {
    private static final Logger log = LoggerFactory.getLogger(LockClient.class);
    private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

    final LockBackend backend;
    final LockOptions options;
    final LockRuntime runtime;
    final Watchdog watchdog;
    final Map<ThreadLock.Owner, ThreadLock.Owned> threadLocks = new ConcurrentHashMap<>();

    private final ConcurrentHashMap<String, NamedLock> names = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<LockId.Lock, Set<NamedLock>> placesOfTheirOwn = new ConcurrentHashMap<>();
    private volatile boolean closed;

    StandardLockClient(LockBackend backend, LockOptions options, LockRuntime runtime) {
        this.backend = backend;
        this.options = options;
        this.runtime = runtime;
        this.watchdog = new Watchdog(this);
    }

    @Override
    public Mutex mutex(String name) {
        return new ClientMutex(this, LockId.mutex(LockNames.check(name)));
    }

    @Override
    public ReadWriteMutex readWrite(String name) {
        LockNames.check(name);
        guarantees().require(Set.of(LockGuarantee.READ_WRITE));
        return new ReadWriteMutex(
                new ClientMutex(this, new LockId(name, LockId.Kind.READ)),
                new ClientMutex(this, new LockId(name, LockId.Kind.WRITE)));
    }

    @Override
    public LockAdmin admin() {
        String name = guarantees().backend();
        return backend.admin()
                .map(admin -> new LockAdmin(name, admin, runtime.observer()))
                .orElseThrow(() -> new ConfigurationException("Lock backend '" + name + "' cannot be inspected"));
    }

    @Override
    public LockGuarantees guarantees() {
        return backend.guarantees();
    }

    /** Puts the waiter into the queue of its lock. */
    NamedLock enqueue(LockId id, Waiter waiter) {
        return options.fair() || id.isShared() ? enqueueAlone(id, waiter) : enqueueWithOthers(id, waiter);
    }

    private NamedLock enqueueAlone(LockId id, Waiter waiter) {
        requireOpen();
        // Who does not wait would be refused for the sake of a lock that this client is just releasing.
        CompletableFuture<?> before =
                waiter.waits() ? CompletableFuture.completedFuture(null) : releasesUnderWay(id.lock());
        NamedLock lock = new NamedLock(id, this);
        placesOfTheirOwn.compute(id.lock(), (key, others) -> {
            Set<NamedLock> all = others == null ? ConcurrentHashMap.newKeySet() : others;
            all.add(lock);
            return all;
        });
        if (!lock.joinAfter(before, waiter)) {
            waiter.failed(new IllegalStateException("Lock client was closed while waiting for '" + id.name() + "'"));
        }
        if (closed) {
            var unused = lock.shutDown();
        }
        return lock;
    }

    private CompletableFuture<Void> releasesUnderWay(LockId.Lock wanted) {
        return CompletableFuture.allOf(placesOfTheirOwn.getOrDefault(wanted, Set.of()).stream()
                .map(NamedLock::releaseUnderWay)
                .toArray(CompletableFuture<?>[]::new));
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("Lock client is closed");
        }
    }

    private NamedLock enqueueWithOthers(LockId id, Waiter waiter) {
        while (true) {
            requireOpen();
            NamedLock lock = names.computeIfAbsent(id.name(), key -> new NamedLock(id, this));
            if (lock.join(waiter)) {
                if (closed) {
                    var unused = lock.shutDown();
                }
                return lock;
            }
            names.remove(id.name(), lock);
        }
    }

    void retired(NamedLock lock) {
        names.remove(lock.name(), lock);
        placesOfTheirOwn.computeIfPresent(lock.id().lock(), (key, others) -> {
            others.remove(lock);
            return others.isEmpty() ? null : others;
        });
    }

    private Stream<NamedLock> inUse() {
        return Stream.concat(
                names.values().stream(), placesOfTheirOwn.values().stream().flatMap(Set::stream));
    }

    /** What the backend answers. What it throws, against its contract, is an answer that failed. */
    static <T> CompletionStage<T> ask(Supplier<CompletionStage<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    long now() {
        return runtime.scheduler().nanoTime();
    }

    Duration since(long startedAt) {
        return Duration.ofNanos(Math.max(0, now() - startedAt));
    }

    void observe(CoordEvent event) {
        runtime.observer().on(event);
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        inUse().forEach(NamedLock::endWaits); // all of them, before a release below could reach one as a grant
        List<CompletableFuture<Void>> endings = new ArrayList<>();
        inUse().forEach(lock -> endings.add(lock.shutDown()));
        Duration wait = options.ttl().compareTo(CLOSE_WAIT) < 0 ? options.ttl() : CLOSE_WAIT;
        try {
            CompletableFuture.allOf(endings.toArray(CompletableFuture<?>[]::new))
                    .get(wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            log.warn(
                    "Lock client closed, but the store did not acknowledge every release within {}: "
                            + "{} locks stay taken until their TTL of {} has passed, {} among them",
                    wait,
                    inUse().count(),
                    options.ttl(),
                    inUse().limit(10).map(NamedLock::label).toList());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("A lock ended exceptionally", e);
        } finally {
            runtime.close();
            backend.close();
        }
    }
}
