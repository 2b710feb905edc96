package io.coordkit.txn.coordinator;

import io.coordkit.ConfigurationException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.core.Membership;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts of a coordinator. A log is required; defaults are the home {@code default}, a random name, a lease of 10 s, no
 * participants, no observer, {@link RetrySchedule#DEFAULTS}, 5 s for one call to a participant, 64 of those under way
 * to each, 200 attempts in the second phase, and 7 days of retention. Not thread-safe.
 *
 * @param <B> the kind of builder
 */
public abstract class CoordinatorBuilder<B extends CoordinatorBuilder<B>> {
    private static final Duration MIN_CALL_TIMEOUT = Duration.ofMillis(10);
    private static final Duration MIN_RETENTION = Duration.ofMinutes(1);
    private static final Duration MIN_LEASE = Duration.ofMillis(100);
    private static final Duration MAX_LEASE = Duration.ofHours(1);
    private static final Duration MAX_CALL_TIMEOUT = Duration.ofMinutes(10);

    private final Map<String, BranchEndpoint> participants = new LinkedHashMap<>();
    private @Nullable TxnLog log;
    private CoordObserver observer = CoordObserver.NONE;
    private RetrySchedule retry = RetrySchedule.DEFAULTS;
    private Duration callTimeout = Duration.ofSeconds(5);
    private String home = "default";
    private String name = "coordinator-" + UUID.randomUUID();
    private Duration lease = Duration.ofSeconds(10);
    private int maxAttempts = 200;
    private int permits = 64;
    private Duration retention = Duration.ofDays(7);
    private Runnable afterClose = () -> {};

    /** With its defaults. */
    protected CoordinatorBuilder() {}

    /** This builder, as what it is. */
    protected abstract B self();

    /** The name of the log. */
    protected final String home() {
        return home;
    }

    /** This coordinator's own name. */
    protected final String name() {
        return name;
    }

    /** Where transactions and decisions are written down. */
    public final B log(TxnLog newLog) {
        log = newLog;
        return self();
    }

    /**
     * A participant, under the name by which bodies enlist it and the log remembers it: what a log holds can only be
     * finished by a coordinator that knows the same names.
     *
     * @param endpoint must answer later rather than block: all participants are called from 32 shared threads
     *
     * @throws ConfigurationException if the name is malformed or taken
     */
    public final B participant(String name, BranchEndpoint endpoint) {
        try {
            TxnNames.participant(name);
        } catch (IllegalArgumentException e) {
            throw new ConfigurationException("Transaction " + e.getMessage(), e);
        }
        if (participants.putIfAbsent(name, endpoint) != null) {
            throw new ConfigurationException("Two participants are named '" + name + "'");
        }
        return self();
    }

    /** Who is told of transaction events. */
    public final B observer(CoordObserver newObserver) {
        observer = newObserver.guarded();
        return self();
    }

    /** How long to wait between attempts, in both phases and towards the log. */
    public final B retry(RetrySchedule newRetry) {
        retry = newRetry;
        return self();
    }

    /**
     * How long one call to a participant may take before it counts as unanswered and is repeated.
     *
     * @param newTimeout 10 ms to 10 minutes
     */
    public final B callTimeout(Duration newTimeout) {
        if (newTimeout.compareTo(MIN_CALL_TIMEOUT) < 0 || newTimeout.compareTo(MAX_CALL_TIMEOUT) > 0) {
            throw new IllegalArgumentException("callTimeout must be between " + MIN_CALL_TIMEOUT + " and "
                    + MAX_CALL_TIMEOUT + ", was " + newTimeout);
        }
        callTimeout = newTimeout;
        return self();
    }

    /**
     * The name by which participants know the log: the same for all coordinators on it, and for no other log.
     *
     * @param newHome 1 to 64 printable ASCII characters
     */
    public final B home(String newHome) {
        home = TxnNames.home(newHome);
        return self();
    }

    /**
     * This coordinator's own name, the same at every start: then it takes up at once what it left when it died.
     * No two that run at the same time may have the same; the later one would replace the earlier.
     *
     * @param newName 1 to 64 printable ASCII characters
     */
    public final B name(String newName) {
        name = TxnNames.coordinatorName(newName);
        return self();
    }

    /**
     * How long after this coordinator's last sign of life others take over what it decided, and abort what it did
     * not.
     *
     * @param newLease 100 ms to 1 hour; renewed every third of it
     */
    public final B lease(Duration newLease) {
        if (newLease.compareTo(MIN_LEASE) < 0 || newLease.compareTo(MAX_LEASE) > 0) {
            throw new IllegalArgumentException(
                    "lease must be between " + MIN_LEASE + " and " + MAX_LEASE + ", was " + newLease);
        }
        lease = newLease;
        return self();
    }

    /**
     * How often a branch is told to confirm or cancel before its transaction needs a person's attention.
     *
     * @param newMaxAttempts 1 or greater
     */
    public final B maxAttempts(int newMaxAttempts) {
        if (newMaxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be 1 or greater, was " + newMaxAttempts);
        }
        maxAttempts = newMaxAttempts;
        return self();
    }

    /**
     * How many calls may be under way to one participant; more wait their turn, and hold up nobody else.
     *
     * @param newPermits 1 or greater
     */
    public final B permits(int newPermits) {
        if (newPermits < 1) {
            throw new IllegalArgumentException("permits must be 1 or greater, was " + newPermits);
        }
        permits = newPermits;
        return self();
    }

    /**
     * How long finished transactions stay in the log; so long the same gid has the same outcome. Participants must
     * keep their guards' rows for longer.
     *
     * @param newRetention 1 minute or longer
     */
    public final B retention(Duration newRetention) {
        if (newRetention.compareTo(MIN_RETENTION) < 0) {
            throw new IllegalArgumentException(
                    "retention must be " + MIN_RETENTION + " or longer, was " + newRetention);
        }
        retention = newRetention;
        return self();
    }

    /** Run when the coordinator has been closed: ends what was opened along with it. */
    public final B afterClose(Runnable task) {
        afterClose = task;
        return self();
    }

    /**
     * The coordinator. What others left unfinished in the log is being taken up when it returns.
     *
     * @throws ConfigurationException if there is no log
     * @throws io.coordkit.txn.TxnException if the log cannot be read
     */
    protected final Coordinator build() {
        return build(() -> {});
    }

    /**
     * The same.
     *
     * @param beforeRecovery may add participants
     */
    protected final Coordinator build(Runnable beforeRecovery) {
        if (log == null) {
            throw new ConfigurationException("A coordinator needs a log: call log(...)");
        }
        TxnLog known = log;
        CoordinatorThreads threads = new CoordinatorThreads(new SystemScheduler("coordkit-txn-timer"));
        try {
            Membership membership = threads.askLog(
                    () -> Membership.join(known, name, lease, threads.scheduler(), threads::onLogThread));
            beforeRecovery.run();
            Coordinator coordinator = new Coordinator(new CoordinatorRuntime(
                    known,
                    home,
                    membership,
                    participants,
                    threads,
                    new BranchCaller(threads, observer, new Permits(permits)),
                    observer,
                    retry,
                    callTimeout,
                    maxAttempts,
                    retention,
                    () -> ThreadLocalRandom.current().nextDouble(),
                    afterClose));
            coordinator.recover();
            return coordinator;
        } catch (RuntimeException e) {
            threads.close(Duration.ZERO);
            throw e;
        }
    }
}
