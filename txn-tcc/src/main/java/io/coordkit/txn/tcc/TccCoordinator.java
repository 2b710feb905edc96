package io.coordkit.txn.tcc;

import io.coordkit.ConfigurationException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.TccAdmin;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.LogInquiries;
import io.coordkit.txn.core.Membership;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnNames;
import io.coordkit.txn.spi.TxnProposal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates TCC transactions inside the application, on a durable log that several coordinators may share.
 *
 * <p><b>Promised:</b> an outcome that was answered is in the log, and every branch follows it, through crashes of this
 * process, of participants and of their databases, as soon as all are up again. No branch is confirmed before the commit
 * is durable, none cancelled before the abort is. What a coordinator has decided is carried out by another one on the
 * same log when its lease is over, or at once when it was closed, or started again under the same name. What it had not
 * decided is aborted when the participants ask.
 *
 * <p><b>Not promised:</b> an end of the second phase while a participant is down or its guard refuses: after a bounded
 * number of attempts the transaction needs attention, stays {@link Tcc#unfinished}, and is never forgotten; see
 * {@link Tcc#admin}.
 *
 * <p><b>How.</b> Branches are tried in parallel; the decision, with all branches and payloads, is inserted into the log
 * unless it has one, in one forced write; then the caller has its answer. Confirms and cancels follow in the background,
 * each branch for itself. When the log does not answer, the caller is told {@link Outcome.Unknown}, and the log is asked
 * in the background until it says what stands.
 *
 * <p>In {@link io.coordkit.CoordkitConfig} properties, below {@code coordkit.tcc}: {@code log} (required), a JDBC URL, then
 * with {@code user} and {@code password}, or a directory such as {@code file:/var/lib/shop/txn}, for one process;
 * {@code jdbc-url} is another word for it; {@code home}, {@code name}, {@code lease} and {@code retention}; {@code participants.<name>}, a URI such
 * as {@code grpc://host:port}, and {@code endpoints.secret}, which their services ask for; {@code retry-first}, {@code retry-max}, {@code max-attempts}, {@code permits} and {@code call-timeout}. Durations are ISO-8601.
 *
 * <p>Thread-safe. Closes neither the log nor the participants it was given. Sources: Mohan, Lindsay and Obermarck,
 * "Transaction Management in the R* Distributed Database Management System", 1986, for presumed abort; Gray and Lamport,
 * "Consensus on Transaction Commit", 2006, for deciding by a single insert; Lampson and Sturgis, "Crash Recovery in a
 * Distributed Data Storage System", 1979, for repeating what is idempotent.
 */
public final class TccCoordinator implements Tcc {
    private final TccRuntime runtime;
    private final Transactions transactions;
    private final Runnable afterClose;
    /** In whose body a thread is; of this coordinator only, for a transaction cannot join one of another log. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<Enlistment> current = new ThreadLocal<>();

    private TccCoordinator(TccRuntime runtime, Runnable afterClose) {
        this.runtime = runtime;
        this.transactions = new Transactions(runtime);
        this.afterClose = afterClose;
    }

    /** The parts of a coordinator, to be put together. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TccCall begin(String gid) {
        return new TccRun(gid, runtime.participants().keySet(), transactions, current);
    }

    @Override
    public Optional<TxnStatus> outcome(String gid) {
        TxnNames.gid(gid);
        return runtime.threads().askLog(() -> runtime.log().status(gid));
    }

    @Override
    public TxnStatus resolve(String gid) {
        TxnProposal abort = new TxnProposal(
                gid,
                Decision.abort("resolved before it was decided"),
                runtime.deadline(TxnProposal.MAX_TIMEOUT),
                runtime.membership().coordinator(),
                List.of());
        return runtime.threads().askLog(() -> {
            runtime.log().decide(abort);
            return runtime.log().status(gid).orElseThrow();
        });
    }

    @Override
    public TccAdmin admin() {
        return new Administration(runtime, transactions.carriage());
    }

    @Override
    public InquiryEndpoint inquiries() {
        return LogInquiries.on(runtime.log(), runtime.threads()::onLogThread);
    }

    @Override
    public List<TxnStatus> unfinished(int limit) {
        return runtime.threads().askLog(() -> runtime.log().unfinished(limit));
    }

    /**
     * Aborts what is being tried, for at most 10 s, and stops. What is unfinished stays in the log. Idempotent.
     */
    @Override
    public void close() {
        if (transactions.close()) {
            afterClose.run();
        }
    }

    /**
     * Collects the parts. A log is required; defaults are the home {@code default}, a random name, a lease of 10 s, no
     * participants, no observer, {@link RetrySchedule#DEFAULTS}, 5 s for one call to a participant, 64 of those under way
     * to each, 200 attempts in the second phase, and 7 days of retention. Not thread-safe.
     */
    public static final class Builder {
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

        private Builder() {}

        /** Where transactions and decisions are written down. */
        public Builder log(TxnLog newLog) {
            log = newLog;
            return this;
        }

        /**
         * A participant, under the name by which bodies enlist it and the log remembers it: what a log holds can only be
         * finished by a coordinator that knows the same names.
         *
         * @param endpoint must answer later rather than block: all participants are called from 32 shared threads
         *
         * @throws ConfigurationException if the name is malformed or taken
         */
        public Builder participant(String name, BranchEndpoint endpoint) {
            try {
                TxnNames.participant(name);
            } catch (IllegalArgumentException e) {
                throw new ConfigurationException("TCC " + e.getMessage(), e);
            }
            if (participants.putIfAbsent(name, endpoint) != null) {
                throw new ConfigurationException("Two TCC participants are named '" + name + "'");
            }
            return this;
        }

        /** Who is told of transaction events. */
        public Builder observer(CoordObserver newObserver) {
            observer = newObserver.guarded();
            return this;
        }

        /** How long to wait between attempts, in both phases and towards the log. */
        public Builder retry(RetrySchedule newRetry) {
            retry = newRetry;
            return this;
        }

        /**
         * How long one call to a participant may take before it counts as unanswered and is repeated.
         *
         * @param newTimeout 10 ms to 10 minutes
         */
        public Builder callTimeout(Duration newTimeout) {
            if (newTimeout.compareTo(MIN_CALL_TIMEOUT) < 0 || newTimeout.compareTo(MAX_CALL_TIMEOUT) > 0) {
                throw new IllegalArgumentException("callTimeout must be between " + MIN_CALL_TIMEOUT + " and "
                        + MAX_CALL_TIMEOUT + ", was " + newTimeout);
            }
            callTimeout = newTimeout;
            return this;
        }

        /**
         * The name by which participants know the log: the same for all coordinators on it, and for no other log.
         *
         * @param newHome 1 to 64 printable ASCII characters
         */
        public Builder home(String newHome) {
            home = TxnNames.home(newHome);
            return this;
        }

        /**
         * This coordinator's own name, the same at every start: then it takes up at once what it left when it died.
         * No two that run at the same time may have the same; the later one would replace the earlier.
         *
         * @param newName 1 to 64 printable ASCII characters
         */
        public Builder name(String newName) {
            name = TxnNames.coordinatorName(newName);
            return this;
        }

        /**
         * How long after this coordinator's last sign of life others take over what it decided, and abort what it did
         * not.
         *
         * @param newLease 100 ms to 1 hour; renewed every third of it
         */
        public Builder lease(Duration newLease) {
            if (newLease.compareTo(MIN_LEASE) < 0 || newLease.compareTo(MAX_LEASE) > 0) {
                throw new IllegalArgumentException(
                        "lease must be between " + MIN_LEASE + " and " + MAX_LEASE + ", was " + newLease);
            }
            lease = newLease;
            return this;
        }

        /**
         * How often a branch is told to confirm or cancel before its transaction needs a person's attention.
         *
         * @param newMaxAttempts 1 or greater
         */
        public Builder maxAttempts(int newMaxAttempts) {
            if (newMaxAttempts < 1) {
                throw new IllegalArgumentException("maxAttempts must be 1 or greater, was " + newMaxAttempts);
            }
            maxAttempts = newMaxAttempts;
            return this;
        }

        /**
         * How many calls may be under way to one participant; more wait their turn, and hold up nobody else.
         *
         * @param newPermits 1 or greater
         */
        public Builder permits(int newPermits) {
            if (newPermits < 1) {
                throw new IllegalArgumentException("permits must be 1 or greater, was " + newPermits);
            }
            permits = newPermits;
            return this;
        }

        /**
         * How long finished transactions stay in the log; so long the same gid has the same outcome. Participants must
         * keep their guards' rows for longer.
         *
         * @param newRetention 1 minute or longer
         */
        public Builder retention(Duration newRetention) {
            if (newRetention.compareTo(MIN_RETENTION) < 0) {
                throw new IllegalArgumentException(
                        "retention must be " + MIN_RETENTION + " or longer, was " + newRetention);
            }
            retention = newRetention;
            return this;
        }

        /** For what was opened along with the coordinator. */
        Builder afterClose(Runnable task) {
            afterClose = task;
            return this;
        }

        /**
         * The coordinator. What others left unfinished in the log is being taken up when it returns.
         *
         * @throws ConfigurationException if there is no log
         * @throws io.coordkit.txn.TxnException if the log cannot be read
         */
        public Tcc open() {
            if (log == null) {
                throw new ConfigurationException("A TCC coordinator needs a log: call log(...)");
            }
            TxnLog known = log;
            CoordinatorThreads threads = new CoordinatorThreads(new SystemScheduler("coordkit-tcc-timer"));
            try {
                Membership membership = threads.askLog(
                        () -> Membership.join(known, name, lease, threads.scheduler(), threads::onLogThread));
                TccCoordinator coordinator = new TccCoordinator(
                        new TccRuntime(
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
                                () -> ThreadLocalRandom.current().nextDouble()),
                        afterClose);
                coordinator.transactions.recover();
                return coordinator;
            } catch (RuntimeException e) {
                threads.close(Duration.ZERO);
                throw e;
            }
        }
    }
}
