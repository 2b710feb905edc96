package io.coordkit.txn.twophase;

import io.coordkit.ConfigurationException;
import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnAdmin;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.coordinator.CoordinatedService;
import io.coordkit.txn.coordinator.Coordinator;
import io.coordkit.txn.coordinator.CoordinatorBuilder;
import io.coordkit.txn.coordinator.Workers;
import io.coordkit.txn.spi.TxnNames;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

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
 * {@code name} and all that the TCC coordinator has, on a log of its own; {@code scan-every}; {@code one-phase}, true or
 * false; and for each database {@code databases.<name>.jdbc-url}, {@code user}, {@code password},
 * {@code max-connections} and {@code answer-timeout}.
 *
 * <p>Thread-safe. Closes neither the log nor the participants it was given. Sources: Mohan, Lindsay and Obermarck,
 * "Transaction Management in the R* Distributed Database Management System", 1986, for presumed abort; X/Open,
 * "Distributed Transaction Processing: The XA Specification", 1991.
 */
public final class TwoPhaseCoordinator extends CoordinatedService implements TwoPhase {
    private static final Duration PURGE_EVERY = Duration.ofMinutes(10);

    private final Map<String, OpenDatabase> databases;
    private final SystemScheduler scheduler;
    private final ThreadPoolExecutor threads;
    /** In whose body a thread is; of this coordinator only, for a transaction cannot join one of another log. */
    @SuppressWarnings("ThreadLocalUsage")
    private final ThreadLocal<XaTransaction> current = new ThreadLocal<>();

    private final @Nullable OnePhase alone;
    private final List<InDoubtScan> scans;

    private TwoPhaseCoordinator(
            Coordinator coordinator,
            Map<String, OpenDatabase> databases,
            @Nullable OnePhase alone,
            List<InDoubtScan> scans,
            SystemScheduler scheduler,
            ThreadPoolExecutor threads) {
        super(coordinator);
        this.databases = databases;
        this.alone = alone;
        this.scans = scans;
        this.scheduler = scheduler;
        this.threads = threads;
    }

    /** The parts of a coordinator, to be put together. */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public TwoPhaseCall begin(String gid) {
        return new TwoPhaseRun(gid, coordinator(), databases, alone, scheduler, current);
    }

    /** What the log says, or the database that has committed alone. Reads only. */
    @Override
    public Optional<TxnStatus> outcome(String gid) {
        TxnNames.gid(gid);
        return alone == null ? super.outcome(gid) : alone.committed(gid).or(() -> super.outcome(gid));
    }

    /** With {@link Builder#onePhase}, each database is asked first, so that none can decide alone any more. */
    @Override
    public TxnStatus resolve(String gid) {
        TxnNames.gid(gid);
        return alone == null ? super.resolve(gid) : alone.resolve(gid, "resolved before it was decided", coordinator());
    }

    @Override
    public TxnAdmin admin() {
        return alone == null ? super.admin() : new OnePhaseAdmin(super.admin(), alone);
    }

    /**
     * What transactions of this log have prepared in its databases and waits for the outcome, those on their way to it
     * included, as of the last look at each, the oldest of each first.
     */
    public List<InDoubt> inDoubt() {
        return scans.stream().flatMap(scan -> scan.waiting().stream()).toList();
    }

    private void purge(OnePhase outcomes) {
        outcomes.purge(coordinator().retention());
        scheduler.schedule(PURGE_EVERY, () -> threads.execute(() -> purge(outcomes)));
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
        private boolean onePhase;

        private Builder() {
            // Short, for the databases have little room for it.
            name("2pc-" + Long.toString(UUID.randomUUID().getMostSignificantBits() >>> 18, Character.MAX_RADIX));
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
         * Has a transaction that is over one of these databases and nothing else committed there in one phase: without a
         * vote, and without a write in the log, for a row in that database is the decision. To be set at all coordinators
         * on the log or none, and with the same databases, for whoever is asked about such a transaction asks them all
         * first; while one of them does not answer, that question has no answer.
         *
         * <p>A gid names one piece of work: run again over other databases, it is not recognised.
         */
        public Builder onePhase() {
            onePhase = true;
            return this;
        }

        /**
         * The coordinator. What others left unfinished in the log, and in doubt in the databases, is being taken up when
         * it returns. A database that does not answer now keeps nobody from the others: transactions over it fail until
         * a look for branches in doubt has found it ({@link #scanEvery}), and what it cannot keep then is said in the log.
         * A source needs time limits for that: it waits for a server that accepts and says nothing.
         *
         * @throws ConfigurationException if there is no log, or a database cannot keep what is promised
         * @throws io.coordkit.BackendUnreachableException if a database stops to answer meanwhile
         * @throws io.coordkit.txn.TxnException if the log cannot be read
         */
        public TwoPhaseCoordinator open() {
            BranchXid.requireRoom(home(), name());
            Map<String, OpenDatabase> opened = new LinkedHashMap<>();
            OnePhase alone = onePhase ? new OnePhase() : null;
            try {
                Coordinator coordinator = build(() -> databases.forEach((name, database) -> {
                    OpenDatabase open = OpenDatabase.openSoon(database, home());
                    opened.put(name, open);
                    participant(name, open);
                    if (alone != null) {
                        alone.add(open);
                    }
                }));
                SystemScheduler scheduler = new SystemScheduler("coordkit-2pc-timer");
                ThreadPoolExecutor threads = Workers.forChores("coordkit-2pc-scan", opened.size() + 1);
                List<InDoubtScan> scans = opened.values().stream()
                        .map(database -> new InDoubtScan(
                                database,
                                Map.of(home(), Inquiries.bounded(coordinator.inquiries())),
                                database::isOurs,
                                xid -> !database.holds(xid),
                                BranchXid::branch,
                                scheduler,
                                threads,
                                scanEvery))
                        .toList();
                scans.forEach(InDoubtScan::start);
                TwoPhaseCoordinator service =
                        new TwoPhaseCoordinator(coordinator, opened, alone, scans, scheduler, threads);
                if (alone != null) {
                    threads.execute(() -> service.purge(alone));
                }
                return service;
            } catch (RuntimeException e) {
                opened.values().forEach(OpenDatabase::close);
                throw e;
            }
        }
    }
}
