package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.SqlServer;
import io.coordkit.testkit.txn.MissedPoint;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.core.LogInquiries;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wherever a participant dies, loses a connection or an answer, or its server is killed, in two-phase and three-phase
 * commits of one to three participants with a database each: it is all or nothing when the participant is back, nothing
 * stays prepared or locked, and what was answered holds.
 */
@Timeout(600)
abstract class ParticipantCrashCases extends CrashCases {
    private static final int AT_ONCE = 8;
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = LEASE.multipliedBy(30);
    private static final Duration SHORT = LEASE.multipliedBy(4);
    private static final Duration LONG = LEASE.multipliedBy(20);
    private static final Point NOWHERE = new Point("nothing", false, Victim.MESSAGE);
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final Map<String, Set<String>> PASSED = new ConcurrentHashMap<>();

    /** Before all tests; they end after them. */
    static void startOn(SqlServer first, SqlServer second) throws SQLException {
        open(first, second);
        PASSED.clear();
        unhurt(Scenario.COMMITTED, CrashDatabases.COUNT); // makes the tables
    }

    /** What happens to a transaction. */
    enum Scenario {
        COMMITTED,
        REFUSED,
        COMMITTED_IN_THREE_PHASES,
        REFUSED_IN_THREE_PHASES,
        /** The coordinator dies before its decision, and the participants ask. */
        LEFT_UNDECIDED,
        /** The coordinator dies after its decision, and the participants ask. */
        LEFT_DECIDED;

        boolean isLeft() {
            return this == LEFT_DECIDED || this == LEFT_UNDECIDED;
        }

        boolean isRefused() {
            return this == REFUSED || this == REFUSED_IN_THREE_PHASES;
        }

        boolean isThreePhase() {
            return this == COMMITTED_IN_THREE_PHASES || this == REFUSED_IN_THREE_PHASES;
        }
    }

    /** Every scenario, each with so many participants; for a subclass's {@code plays}. */
    static Stream<Arguments> plays(int fewest, int most) {
        return plays(Scenario.values(), fewest, most);
    }

    /** One participant: a process, and the one that takes its place when it has died. */
    private static final class Service implements BranchEndpoint {
        private final int number;
        private final String gid;
        private final InquiryEndpoint home;
        private volatile FragileProcess process;
        private volatile @Nullable XaParticipant<String> participant;

        Service(int number, String gid, InquiryEndpoint home, FragileProcess process) {
            this.number = number;
            this.gid = gid;
            this.home = home;
            this.process = process;
        }

        /** If it cannot begin, it tries again, unless it is dead. */
        void start() {
            SqlServer server = databases().server(number);
            while (!process.isDead() && participant == null) {
                try {
                    participant = XaParticipant.<String>on(
                                    CrashDatabases.database(
                                            number, process.around(databases().source(number), () -> kill(server))),
                                    (handle, call, payload) -> {
                                        if (payload.equals("no")) {
                                            throw new RefusedException("not today");
                                        }
                                        handle.execute("INSERT INTO item VALUES (?)", payload);
                                    },
                                    bytes -> new String(bytes, StandardCharsets.UTF_8))
                            .asks(gid, process.asking(home))
                            .askEvery(Duration.ofMillis(100))
                            .endsAlone(Duration.ofHours(1))
                            .open();
                } catch (RuntimeException e) {
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
            }
        }

        /** After that process's death, or before it. */
        void restart() {
            process.die();
            close();
            process = new FragileProcess(NOWHERE, 0);
            start();
        }

        @Override
        public CompletionStage<BranchReply> call(BranchCall call) {
            XaParticipant<String> listening = participant;
            return listening == null
                    ? CompletableFuture.failedStage(new TxnException("Nobody listens", null))
                    : process.reached(listening).call(call);
        }

        boolean isIdle() {
            XaParticipant<String> running = participant;
            return running != null
                    && running.inDoubt().stream()
                            .noneMatch(waiting -> waiting.gid().equals(gid));
        }

        @Override
        public void close() {
            XaParticipant<String> last = participant;
            participant = null;
            if (last != null) {
                try {
                    last.close();
                } catch (RuntimeException e) {
                    // The dead cannot close properly.
                }
            }
        }
    }

    /** One transaction on its own log. */
    private static final class Play implements AutoCloseable {
        private final Scenario scenario;
        private final boolean atOnce;
        private final Duration timeout;
        private final String gid = "run-" + RUNS.incrementAndGet() + "-";
        private final JdbcConnectionPool logDatabase = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
        private final TxnLog log = SqlTxnLog.using(logDatabase);
        private final InquiryEndpoint inquiries = LogInquiries.on(log);
        private final FragileProcess mortal;
        private final List<Service> services = new ArrayList<>();
        private final TwoPhase coordinator;
        private @Nullable Outcome<String> answer;

        /**
         * @param atOnce whether the dead is back while the transaction goes on
         * @param timeout of the transaction
         */
        Play(Scenario scenario, int branches, Point fatal, int occurrence, boolean atOnce, Duration timeout) {
            this.scenario = scenario;
            this.atOnce = atOnce;
            this.timeout = timeout;
            this.mortal = new FragileProcess(fatal, occurrence);
            var builder = TwoPhaseCoordinator.builder()
                    .log(log)
                    .home(gid)
                    // Nobody takes over from this coordinator, which is not to lose its lease on a busy machine either.
                    .lease(scenario.isLeft() ? LEASE : LONG)
                    .retry(RetrySchedule.DEFAULTS.withWaits(Duration.ofMillis(20), Duration.ofMillis(200)))
                    .callTimeout(Duration.ofSeconds(15));
            for (int i = 0; i < branches; i++) {
                FragileProcess process = i == 0 ? mortal : new FragileProcess(NOWHERE, 0);
                Service service = new Service(i, gid, inquiries, process);
                services.add(service);
                builder.participant("db" + i, service);
            }
            coordinator = builder.open();
        }

        void play() throws Exception {
            services.forEach(Service::start);
            CompletableFuture<Void> going = CompletableFuture.runAsync(this::run, task -> new Thread(task).start());
            while (!going.isDone()) {
                if (atOnce && mortal.isDead() && services.get(0).process == mortal) {
                    services.get(0).restart();
                }
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            going.join();
            await("it ends", () -> mortal.isDead() || isSettled());
        }

        private void run() {
            if (scenario.isLeft()) {
                leavePrepared();
                return;
            }
            TwoPhase.TwoPhaseCall call = coordinator.begin(gid).timeout(timeout);
            if (scenario.isThreePhase()) {
                call.threePhase();
            }
            try {
                answer = call.run(tx -> {
                    for (int i = 0; i < services.size(); i++) {
                        tx.enlist("db" + i, payload(scenario.isRefused() && i == services.size() - 1));
                    }
                    return "value";
                });
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        private byte[] payload(boolean refused) {
            return (refused ? "no" : gid).getBytes(StandardCharsets.UTF_8);
        }

        /** Has all vote, and one that dies then decide if all have voted yes. */
        private void leavePrepared() {
            boolean decides = scenario == Scenario.LEFT_DECIDED;
            String dead = log.join("dead", decides ? PATIENCE : LEASE).coordinator();
            TxnOrigin origin = new TxnOrigin(gid, dead, 1, log.now().plusSeconds(3600));
            List<TxnBranch> branches = new ArrayList<>();
            boolean allYes = true;
            for (Service each : services) {
                String name = "db" + each.number;
                Payload payload = Payload.of(payload(false));
                branches.add(new TxnBranch("1-" + name, name, payload));
                BranchCall call = new BranchCall(gid, "1-" + name, name, Operation.TRY, 1, origin, payload, "");
                allYes &= isYes(each.call(call));
            }
            if (allYes && decides) {
                log.decide(new TxnProposal(gid, Decision.COMMIT, origin.deadline(), dead, branches));
            }
            if (decides) {
                log.leave(dead);
            }
        }

        private static boolean isYes(CompletionStage<BranchReply> reply) {
            try {
                return reply.toCompletableFuture().join() instanceof BranchReply.Done;
            } catch (CompletionException e) {
                return false;
            }
        }

        private boolean isSettled() {
            try {
                return coordinator.unfinished(1).isEmpty()
                        && databases().prepared(gid) == 0
                        && services.stream().allMatch(Service::isIdle);
            } catch (TxnException e) {
                return false;
            }
        }

        private void await(String what, BooleanSupplier condition) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!condition.getAsBoolean()) {
                TooLate.check(
                        end,
                        "%s: %s; %s prepared, unfinished %s",
                        this,
                        what,
                        databases().prepared(gid),
                        coordinator.unfinished(1));
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }

        /** The dead is back, and everything ends. */
        Duration recover() throws Exception {
            long began = System.nanoTime();
            if (services.get(0).process == mortal) {
                services.get(0).restart();
            }
            await("it ends when all are back", this::isSettled);
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            services.forEach(Service::close); // what was still under way is over
            assertThat(databases().prepared(gid)).as("%s: prepared", this).isZero();
            int written = databases().written(gid, services.size());
            boolean committed =
                    log.status(gid).filter(known -> known.state().isCommit()).isPresent();
            assertThat(written).as("%s: written", this).isEqualTo(committed ? services.size() : 0);
            if (!scenario.isLeft()) {
                assertThat(answer)
                        .as("%s", this)
                        .isInstanceOf(committed ? Outcome.Committed.class : Outcome.Aborted.class);
            }
            return took;
        }

        boolean hasFired() {
            return mortal.hasFired();
        }

        /** For a run that has not come to its point. */
        String ending() {
            return scenario.isLeft() ? "left" : String.valueOf(answer);
        }

        Set<String> passed() {
            return mortal.passed().keySet();
        }

        @Override
        public String toString() {
            return gid + ", " + scenario + " with " + services.size() + " participants";
        }

        @Override
        public void close() {
            services.forEach(Service::close);
            coordinator.close();
            inquiries.close();
            logDatabase.dispose();
        }
    }

    /** What is passed where nobody dies. */
    private static Set<String> passed(Scenario scenario, int branches) {
        return PASSED.computeIfAbsent(scenario + " " + branches, any -> unhurt(scenario, branches));
    }

    private static Set<String> unhurt(Scenario scenario, int branches) {
        try (Play play = new Play(scenario, branches, NOWHERE, 0, false, LONG)) {
            play.play();
            Set<String> passed = play.passed();
            play.recover();
            return passed;
        } catch (Exception e) {
            throw new AssertionError(scenario + " with " + branches + " participants, where nobody dies", e);
        }
    }

    private static boolean isMessage(String what) {
        return what.startsWith("BranchEndpoint.") || what.startsWith("InquiryEndpoint.");
    }

    /** A call to a database about a branch or a message; else it is about a row. */
    private static boolean isProtocol(String what) {
        return what.startsWith("XAResource.") || isMessage(what);
    }

    /** With two participants all; with others, for there are many, not those that are about rows. */
    private static List<Point> points(Scenario scenario, int branches) {
        return passed(scenario, branches).stream()
                .filter(key -> branches == 2 || isProtocol(key))
                .flatMap(key -> {
                    boolean after = key.endsWith(" answered");
                    String what = key.substring(0, key.lastIndexOf(' '));
                    return Stream.of(Victim.PROCESS, isMessage(what) ? Victim.MESSAGE : Victim.CONNECTION)
                            .map(victim -> new Point(what, after, victim));
                })
                .toList();
    }

    @Test
    void everyPointIsPassed() {
        Set<String> known = Stream.of(Scenario.values())
                .flatMap(scenario -> passed(scenario, 2).stream())
                .map(key -> key.substring(0, key.lastIndexOf(' ')))
                .collect(Collectors.toSet());
        assertThat(known)
                .containsAll(FragileProcess.all().stream()
                        .map(Point::what)
                        .filter(what -> what.startsWith("XAResource."))
                        .toList())
                .containsAll(Stream.of(Operation.values())
                        .map(operation -> "BranchEndpoint." + operation)
                        .toList())
                .contains(
                        "InquiryEndpoint.ask",
                        "INSERT INTO coordkit_xa_guard",
                        "INSERT INTO coordkit_xa_three_phase",
                        "UPDATE coordkit_xa_three_phase",
                        "DELETE FROM coordkit_xa_three_phase");
    }

    @ParameterizedTest
    @MethodSource("plays")
    void whereverAParticipantDies_itIsAllOrNothing(Scenario scenario, int branches) throws Exception {
        List<Callable<Duration>> runs = new ArrayList<>();
        for (Point point : points(scenario, branches)) {
            for (boolean atOnce : new boolean[] {true, false}) {
                if (atOnce || (branches == 2 && point.victim() == Victim.PROCESS)) {
                    runs.add(() -> run(scenario, branches, point, atOnce));
                }
            }
        }
        Duration slowest = Crowd.share(runs, AT_ONCE, Duration.ofMinutes(8)).stream()
                .max(Duration::compareTo)
                .orElseThrow();
        System.out.printf(
                "Participant crashes: %s with %d participants, %d runs, the slowest was over %d ms after all were back%n",
                scenario, branches, runs.size(), slowest.toMillis());
    }

    @Test
    void wheneverAServerIsKilled_itIsAllOrNothing() throws Exception {
        for (String what : List.of("XAResource.prepare", "XAResource.commit", "XAResource.rollback")) {
            for (Scenario scenario : Scenario.values()) {
                for (boolean after : new boolean[] {false, true}) {
                    Point point = new Point(what, after, Victim.SERVER);
                    if (passed(scenario, 2).contains(point.key())) {
                        run(scenario, 2, point, true);
                    }
                }
            }
        }
    }

    private static Duration run(Scenario scenario, int branches, Point point, boolean atOnce) throws Exception {
        String where = scenario + " with " + branches + " participants, at " + point + (atOnce ? ", at once back" : "");
        List<String> endings = new ArrayList<>();
        for (int attempt = 1; attempt <= 3; attempt++) {
            // Who stays dead is waited for that long; it must be enough to come to where it dies.
            Duration timeout = atOnce ? LONG : SHORT.multipliedBy(attempt);
            try (Play play = new Play(scenario, branches, point, 1, atOnce, timeout)) {
                play.play();
                Duration took = play.recover();
                if (play.hasFired()) {
                    return took;
                }
                endings.add(play.ending());
            } catch (TooLate e) {
                throw new TooLate(where + ": " + e.getMessage(), e);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(where, e);
            }
        }
        MissedPoint.allow(scenario + ", " + point + ", with " + endings, point.key(), () -> unhurt(scenario, branches));
        return Duration.ZERO;
    }
}
