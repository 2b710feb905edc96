package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.coordinator.CoordinatedService;
import io.coordkit.txn.coordinator.Coordinator;
import io.coordkit.txn.coordinator.CoordinatorBuilder;
import io.coordkit.txn.coordinator.Workers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * Coordinates two-phase commits inside the application, on a durable log that several coordinators may share, over XA
 * databases and remote participants.
 *
 * <p><b>Promised:</b> an outcome that was answered is in the log, and every branch follows it, through crashes of this
 * process and of the databases, as soon as all are up again. What was prepared and not decided is rolled back (presumed
 * abort) by any coordinator on the log, once its own is gone or its deadline over: nobody's locks stay for longer than the
 * lease and two looks at what is prepared. Branches of other applications are left alone.
 *
 * <p><b>Not promised:</b> that readers see all databases change in the same moment; that a branch ends while its database
 * is down; a commit of what a person has ended in the database by hand.
 *
 * <p>A branch is done only when its database says so, or does not list it among what is prepared: {@code XAER_NOTA} alone
 * proves nothing while another connection holds it.
 *
 * <p>In {@link io.coordkit.CoordkitConfig} properties, below {@code coordkit.two-phase}: {@code log}, {@code home},
 * {@code name} and all that the TCC coordinator has, on a log of its own; {@code scan-every}; and for each database
 * {@code databases.<name>.jdbc-url}, {@code user}, {@code password} and {@code max-connections}.
 *
 * <p>Thread-safe. Closes neither the log nor the participants it was given. Sources: Mohan, Lindsay and Obermarck,
 * "Transaction Management in the R* Distributed Database Management System", 1986, for presumed abort; X/Open,
 * "Distributed Transaction Processing: The XA Specification", 1991.
 */
public final class TwoPhaseCoordinator extends CoordinatedService implements TwoPhase {
    private final Map<String, OpenDatabase> databases;
    private final SystemScheduler scheduler;
    private final ThreadPoolExecutor threads;
    /** In whose body a thread is; of this coordinator only, for a transaction cannot join one of another log. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<XaTransaction> current = new ThreadLocal<>();

    private TwoPhaseCoordinator(
            Coordinator coordinator,
            Map<String, OpenDatabase> databases,
            SystemScheduler scheduler,
            ThreadPoolExecutor threads) {
        super(coordinator);
        this.databases = databases;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /** The parts of a coordinator, to be put together. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TwoPhaseCall begin(String gid) {
        return new TwoPhaseRun(gid, coordinator(), databases, scheduler, current);
    }

    /**
     * Aborts what is being prepared, for at most 10 s, and stops. What is unfinished stays in the log, and what is
     * prepared in its database. Idempotent.
     */
    @Override
    public void close() {
        scheduler.close();
        threads.shutdown();
        super.close();
        databases.values().forEach(OpenDatabase::close);
    }

    /**
     * Collects the parts. Beside the {@link CoordinatorBuilder}'s defaults, nothing is looked through for branches in
     * doubt more seldom than every 5 s. Not thread-safe.
     */
    public static final class Builder extends CoordinatorBuilder<Builder> {
        private final Map<String, XaDatabase> databases = new LinkedHashMap<>();
        private Duration scanEvery = Duration.ofSeconds(5);

        private Builder() {
            // Short, for the databases have little room for it.
            name("2pc-" + Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 1, Character.MAX_RADIX));
        }

        @Override
        protected Builder self() {
            return this;
        }

        /**
         * A database that bodies write to.
         *
         * @throws ConfigurationException if another of that name is registered
         */
        public Builder database(XaDatabase database) {
            if (databases.putIfAbsent(database.name(), database) != null) {
                throw new ConfigurationException("Two databases are named '" + database.name() + "'");
            }
            return this;
        }

        /**
         * How often each database is looked through for branches in doubt.
         *
         * @param newScanEvery 10 ms to 1 hour
         */
        public Builder scanEvery(Duration newScanEvery) {
            if (newScanEvery.compareTo(Duration.ofMillis(10)) < 0 || newScanEvery.compareTo(Duration.ofHours(1)) > 0) {
                throw new IllegalArgumentException("scanEvery must be between PT0.01S and PT1H, was " + newScanEvery);
            }
            scanEvery = newScanEvery;
            return this;
        }

        /**
         * The coordinator. What others left unfinished in the log, and in doubt in the databases, is being taken up when
         * it returns.
         *
         * @throws ConfigurationException if there is no log, or a database cannot keep what is promised
         * @throws io.coordkit.BackendUnreachableException if a database does not answer
         * @throws io.coordkit.txn.TxnException if the log cannot be read
         */
        public TwoPhase open() {
            BranchXid.requireRoom(home(), name());
            Map<String, OpenDatabase> opened = new LinkedHashMap<>();
            try {
                Coordinator coordinator = build(() -> databases.forEach((name, database) -> {
                    OpenDatabase open = OpenDatabase.open(database, home());
                    opened.put(name, open);
                    participant(name, open);
                }));
                SystemScheduler scheduler = new SystemScheduler("coordkit-2pc-timer");
                ThreadPoolExecutor threads =
                        Workers.named("coordkit-2pc-scan", Math.max(1, opened.size()), Integer.MAX_VALUE);
                opened.values()
                        .forEach(database -> new InDoubtScan(
                                        database,
                                        Map.of(home(), coordinator.inquiries()),
                                        xid -> !database.holds(xid),
                                        BranchXid::branch,
                                        scheduler,
                                        threads,
                                        scanEvery)
                                .start());
                return new TwoPhaseCoordinator(coordinator, opened, scheduler, threads);
            } catch (RuntimeException e) {
                opened.values().forEach(OpenDatabase::close);
                throw e;
            }
        }
    }
}
