package io.coordkit.lock.memory;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.Locks;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.observe.CoordObserver;
import io.coordkit.time.Scheduler;
import java.nio.file.Path;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lock store in the memory of this process: the reference that the contract is first run against, and what to test
 * one's own code with. Clients of one store exclude each other as processes on a server do; {@code memory:NAME} opens
 * the store that all of this JVM share who say the same NAME.
 *
 * <p>Promised: exclusion, fencing tokens and order of arrival within this process; a release wakes one waiter. Not
 * promised: anything between processes, each of which has a store of its own: of the lock rules in
 * {@code docs/contract.md}, L36 does not apply.
 *
 * <h2>Time</h2>
 *
 * A store made {@link #under} a clock that the test moves does everything on the thread that moves it, closes a hold or
 * asks for a lock: grants, losses, callbacks and the completion of futures come in the same order each time. Only the
 * pauses after a failure stay random. Wait with {@code acquireAsync} there, for the blocking methods wait by the JVM's
 * clock.
 *
 * <h2>Tokens and eras</h2>
 *
 * Grants count from 1 again in every new store, so after a restart of the process its tokens are lower than those that
 * fences have kept. Either pass a greater era to {@code SqlFence} at each start, or name a file ({@link #counting}, or
 * {@code era-file} among the settings of a {@code memory:} URI): it keeps how often the store was started, is raised
 * and forced to disk before the first grant, and every token begins with that number, so that tokens rise from start
 * to start. The era of the fences need not change then, until this store takes the place of another one or is replaced
 * itself. The file is good for two million starts.
 *
 * <p>Thread-safe. There is nothing to close.
 */
public final class MemoryLocks {
    private final MemoryStore store;
    private final @Nullable Scheduler time;

    MemoryLocks(MemoryStore store, @Nullable Scheduler time) {
        this.store = store;
        this.time = time;
    }

    /** A new, empty store by the JVM's clock. */
    public static MemoryLocks create() {
        return new MemoryLocks(new MemoryStore(anyName(), System::nanoTime, 0), null);
    }

    /**
     * A new, empty store by the JVM's clock, whose tokens are greater than those of its earlier starts.
     *
     * @param eraFile where the starts are counted; created if it is missing, its directory must be there
     * @throws ConfigurationException if the file cannot be read and written, or holds something else
     */
    public static MemoryLocks counting(Path eraFile) {
        return new MemoryLocks(new MemoryStore(anyName(), System::nanoTime, EraFile.raise(eraFile)), null);
    }

    /** A new, empty store under that clock, and so all clients from {@link #connect}. It is not closed by them. */
    public static MemoryLocks under(Scheduler time) {
        return new MemoryLocks(new MemoryStore(anyName(), time::nanoTime, 0), time);
    }

    private static String anyName() {
        return UUID.randomUUID().toString();
    }

    /** A client with default options. */
    public LockClient connect() {
        return connect(LockOptions.DEFAULTS, CoordObserver.NONE);
    }

    /**
     * A client, as another process would have one.
     *
     * @throws BackendUnreachableException if the store is stopped
     */
    public LockClient connect(LockOptions options, CoordObserver observer) {
        LockBackend backend = backend();
        LockRuntime runtime = time == null
                ? LockRuntime.standard(observer)
                : new LockRuntime(new BorrowedScheduler(time), new InlineExecutor(), observer);
        return Locks.on(backend, options, runtime);
    }

    /**
     * A backend, for a client with a runtime of its own.
     *
     * @throws BackendUnreachableException if the store is stopped
     */
    public LockBackend backend() {
        store.requireUp();
        return new MemoryBackend(store);
    }

    /** How often the store was started by its era file; 0 without one. */
    public int era() {
        return store.era();
    }

    /** Removes a lock with its waiters from the store behind everybody's back, as an operator might. */
    public void forget(String lockName) {
        store.forget(lockName);
    }

    /** From now on the store answers nothing: it is unreachable, and its locks expire meanwhile. */
    public void stop() {
        store.setUp(false);
    }

    /** The store answers again, with all that it had. */
    public void start() {
        store.setUp(true);
    }

    /** What failures call the store, for example {@code memory:orders}. */
    @Override
    public String toString() {
        return store.address();
    }
}
