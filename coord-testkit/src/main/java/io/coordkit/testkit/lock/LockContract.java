package io.coordkit.testkit.lock;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/** What the rules of the lock contract have in common: the hooks, the clients, and how long to wait. */
abstract class LockContract {
    /** Long enough that nothing in a test waits for it by chance. */
    static final Duration LONG_TTL = ofSeconds(60);

    /** Long enough for the first answers of a store that commits to disk, from a cold client on a busy machine. */
    static final Duration A_WHILE = ofMillis(500);

    static final Duration FAR_BELOW_ANY_POLLING = LONG_TTL.dividedBy(12);

    final String name = "contract:" + UUID.randomUUID();

    private final List<AutoCloseable> opened = new ArrayList<>();

    // ---- hooks ------------------------------------------------------------------------------------------------------

    /** A new backend on the store under test, the same store each time, as another process would open it. */
    protected abstract LockBackend openBackend();

    /** Removes the lock from the store behind everybody's back. */
    protected abstract void loseFromStore(String name);

    /**
     * A new, running store that a test may end and start again. Without one the rules about stores that are down cannot
     * be checked, and are reported as skipped.
     */
    protected Optional<OwnStore> startOwnStore() {
        return Optional.empty();
    }

    /** The client over a backend. Overridden only to test this contract itself. */
    protected LockClient openClient(LockBackend backend, LockOptions options, LockRuntime runtime) {
        return Locks.on(backend, options, runtime);
    }

    /** What every client is opened with. Overridden to run the contract with other options. */
    protected LockOptions options(Duration ttl) {
        return LockOptions.DEFAULTS.withTtl(ttl);
    }

    /** A TTL that is short, but long enough for the machine. */
    protected Duration shortTtl() {
        return ofSeconds(1);
    }

    /** How many locks are "thousands of names". */
    protected int manyNames() {
        return 2_000;
    }

    /** How long a test waits for what must come. */
    protected Duration patience() {
        return ofSeconds(20);
    }

    // ---- what is opened, and closed after the test ------------------------------------------------------------------

    LockClient client(Duration ttl) {
        LockOptions options = options(ttl); // refused before anything is open
        return client(openBackend(), options);
    }

    LockClient client(LockBackend backend, Duration ttl) {
        return client(backend, options(ttl));
    }

    LockClient client(LockBackend backend, LockOptions options) {
        return client(backend, options, LockRuntime.standard(CoordObserver.NONE));
    }

    LockClient client(LockBackend backend, LockOptions options, LockRuntime runtime) {
        return closedLater(openClient(backend, options, runtime));
    }

    LockBackend backend() {
        return closedLater(openBackend());
    }

    OwnStore ownStore() {
        Optional<OwnStore> store = startOwnStore();
        if (store.isEmpty()) {
            String reason = getClass().getSimpleName() + " has no store of its own to stop";
            System.out.println("SKIPPED: " + reason);
            assertThat(System.getenv("CI"))
                    .as("on CI nothing is skipped: %s", reason)
                    .isNull();
            abort(reason);
        }
        return closedLater(store.orElseThrow());
    }

    private <T extends AutoCloseable> T closedLater(T resource) {
        opened.add(resource);
        return resource;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    // ---- waiting ----------------------------------------------------------------------------------------------------

    <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(patience().toMillis(), TimeUnit.MILLISECONDS);
    }

    boolean comes(CountDownLatch latch, Duration within) throws InterruptedException {
        return latch.await(within.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** A body that may throw. */
    @FunctionalInterface
    interface Body {
        void run() throws Exception;
    }

    static CompletableFuture<Void> inThread(Body body) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                body.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(new CompletionException(e));
            }
        });
        thread.setDaemon(true);
        thread.start();
        return done;
    }
}
