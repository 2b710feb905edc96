package io.coordkit.samples.service;

import io.coordkit.config.Settings;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that both services have. */
public final class ServiceOptions {
    private static final int MAX_PORT = 65_535;
    private static final Duration MAX_DURATION = Duration.ofHours(1);

    @Option(
            names = "--lock",
            paramLabel = "STORE",
            converter = LockStoreFlag.class,
            description = "What carries the locks: ${COMPLETION-CANDIDATES}. Locks in memory are this process's own.")
    private LockStore lock = LockStore.REDIS;

    @Option(
            names = "--lock-uri",
            paramLabel = "URI",
            description = "Where that store is (default: on 127.0.0.1, on its usual port).")
    private @Nullable String lockUri;

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description = "The same for --lock=redis (default: redis://127.0.0.1:6379).")
    private @Nullable String redis;

    @Option(
            names = "--lock-max-ttl",
            paramLabel = "DURATION",
            description = "With --lock=redlock, the longest TTL of any lock on those nodes, the same for all their"
                    + " clients: one that restarts does not vote for that long.")
    private Duration lockMaxTtl = Duration.ofSeconds(5);

    @Option(
            names = "--bind",
            paramLabel = "HOST",
            description = "Address to listen on; 0.0.0.0 is reached from other machines, set COORDKIT_SECRET then.")
    private String bind = "127.0.0.1";

    @Option(
            names = "--child",
            description = "End when standard input ends, as the checkout's services do (default: do not).")
    private boolean child;

    /**
     * What carries the locks.
     *
     * @throws StartupException if the flags contradict each other
     */
    public LockChoice locks() {
        return LockChoice.of(lock, lockUri, redis);
    }

    /**
     * Opens the locks.
     *
     * @param ttl how long a lock stays held after this process was killed
     * @throws StartupException if the flags contradict each other
     */
    public LockClient openLocks(Duration ttl) {
        String uri = locks().address();
        LockOptions options = valid("--lock-ttl", () -> LockOptions.DEFAULTS.withTtl(ttl));
        Map<String, String> settings = new HashMap<>(Map.of("ttl", options.ttl().toString()));
        if (lock == LockStore.REDLOCK) {
            settings.put("max-ttl", lockMaxTtl.toString());
        }
        return Locks.open(uri, new Settings("", settings), CoordObserver.NONE);
    }

    /** The address to listen on. */
    public String bind() {
        return bind;
    }

    /** Whether the process ends with its parent. */
    public boolean child() {
        return child;
    }

    /**
     * What {@code made} makes of the flag's value.
     *
     * @throws StartupException naming the flag, if the value is out of its range
     */
    public static <T> T valid(String flag, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw new StartupException(flag + ": " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a duration out of its range.
     *
     * @throws StartupException if it is not longer than zero, or longer than an hour
     */
    public static void checkDuration(String flag, Duration value) {
        if (value.isNegative() || value.isZero() || value.compareTo(MAX_DURATION) > 0) {
            throw new StartupException(
                    flag + " must be longer than zero and at most " + MAX_DURATION + ", was " + value);
        }
    }

    /**
     * Refuses a number that is no port, and a --bind that is no address.
     *
     * @throws StartupException naming the flag
     */
    public void checkAddress(int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new StartupException("--port must be from 0 to " + MAX_PORT + ", was " + port);
        }
        if (new InetSocketAddress(bind, port).isUnresolved()) {
            throw new StartupException("--bind must be an address of this machine, was '" + bind + "'");
        }
    }
}
