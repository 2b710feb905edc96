package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.MysqlDataSource;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.SqlServer;
import io.coordkit.testkit.txn.MissedPoint;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Wherever the coordinator dies, a connection is cut, an answer of the log is lost or a server is killed, the log's too, in whatever
 * happens to a transaction of one to three branches on two servers: it is all or nothing in the end, nothing stays
 * prepared or locked, and what was answered holds.
 */
@Timeout(600)
abstract class TwoPhaseCrashCases extends CrashCases {
    static final int MAX_BRANCHES = CrashDatabases.COUNT;

    private static final int AT_ONCE = 8;
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = LEASE.multipliedBy(30);
    private static final Point NOWHERE = new Point("nothing", false, Victim.MESSAGE);
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final Map<String, Set<String>> PASSED = new ConcurrentHashMap<>();

    /** Before all tests; they end after them. */
    static void startOn(SqlServer first, SqlServer second) throws SQLException {
        open(first, second);
        PASSED.clear();
    }

    /** What happens to a transaction. */
    enum Scenario {
        COMMITTED,
        REFUSED,
        /** Somebody has prepared, and died before the decision. */
        LEFT_UNDECIDED,
        /** Somebody has prepared and decided, and died. */
        LEFT_DECIDED;

        /** Whether that call is made for each of the branches, whatever else happens. */
        boolean isAboutAll(String what) {
            return switch (this) {
                case COMMITTED -> what.equals("XAResource.prepare") || what.equals("XAResource.commit");
                case LEFT_DECIDED -> what.equals("XAResource.commit");
                case REFUSED, LEFT_UNDECIDED -> what.equals("XAResource.rollback");
            };
        }
    }

    /** Every scenario, each with so many branches; for a subclass's {@code plays}. */
    static Stream<Arguments> plays(int fewest, int most) {
        return plays(Scenario.values(), fewest, most);
    }

    /** The database of one transaction's log, and what it suffers. */
    private record LogDatabase(DataSource source, Runnable blow, Runnable end) {
        static LogDatabase embedded() {
            JdbcConnectionPool pool = JdbcConnectionPool.create(
                    "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
            return new LogDatabase(pool, () -> {}, pool::dispose);
        }

        static LogDatabase on(SqlServer server) {
            MysqlDataSource source = new MysqlDataSource();
            source.setUrl(server.createDatabase("log" + RUNS.incrementAndGet()) + "&socketTimeout=10000");
            return new LogDatabase(source, () -> kill(server), () -> {});
        }
    }

    /** One transaction on its own log. */
    private static final class Play implements AutoCloseable {
        private final Scenario scenario;
        private final int branches;
        private final String gid = "run-" + RUNS.incrementAndGet() + "-";
        private final LogDatabase logDatabase;
        private final TxnLog log;
        private final FragileProcess process;
        private final Consumer<SqlServer> blow;
        private final CompletableFuture<Outcome<String>> answer = new CompletableFuture<>();

        /** @param blow what a server suffers */
        Play(
                Scenario scenario,
                int branches,
                Point fatal,
                int occurrence,
                Consumer<SqlServer> blow,
                LogDatabase logDatabase) {
            this.blow = blow;
            this.logDatabase = logDatabase;
            this.log = SqlTxnLog.using(logDatabase.source());
            this.scenario = scenario;
            this.branches = branches;
            this.process = new FragileProcess(fatal, occurrence);
        }

        private TwoPhase open(String name, FragileProcess by) {
            BranchEndpoint unwilling = call -> CompletableFuture.completedStage(
                    call.operation() == Operation.TRY
                            ? new BranchReply.Refused(BranchReply.Code.BUSINESS, "not today")
                            : new BranchReply.Done());
            TwoPhaseCoordinator.Builder builder = TwoPhaseCoordinator.builder()
                    .log(by.around(log, logDatabase.blow()))
                    .home(gid)
                    .name(name)
                    .lease(LEASE)
                    .callTimeout(Duration.ofSeconds(15))
                    .scanEvery(Duration.ofMillis(100))
                    .participant("unwilling", unwilling);
            for (int i = 0; i < branches; i++) {
                SqlServer server = databases().server(i);
                builder.database(
                        CrashDatabases.database(i, by.around(databases().source(i), () -> blow.accept(server))));
            }
            return builder.open();
        }

        void play() throws Exception {
            if (scenario == Scenario.LEFT_DECIDED || scenario == Scenario.LEFT_UNDECIDED) {
                leavePrepared();
            }
            TwoPhase coordinator = open();
            if (coordinator == null) {
                return;
            }
            if (scenario == Scenario.COMMITTED || scenario == Scenario.REFUSED) {
                run(coordinator);
            }
            awaitUnlessDead(() -> isSettled(coordinator));
            if (scenario == Scenario.LEFT_UNDECIDED) {
                awaitUnlessDead(() -> process.passed().containsKey("TxnLog.renew answered"));
            }
            close(coordinator);
        }

        /** If it cannot begin, it tries again, unless it is dead. */
        private @Nullable TwoPhase open() {
            while (true) {
                try {
                    return open("mortal", process);
                } catch (RuntimeException e) {
                    if (process.isDead()) {
                        return null;
                    }
                }
            }
        }

        private void run(TwoPhase coordinator) throws InterruptedException {
            try {
                answer.complete(coordinator.begin(gid).run(tx -> {
                    for (int i = 0; i < branches; i++) {
                        try (Statement statement = tx.connection("db" + i).createStatement()) {
                            statement.execute("INSERT INTO item VALUES ('" + gid + "')");
                        }
                    }
                    if (scenario == Scenario.REFUSED) {
                        tx.enlist("unwilling", new byte[0]);
                    }
                    return "value";
                }));
            } catch (TxnException e) {
                answer.completeExceptionally(e);
            }
        }

        private void close(TwoPhase coordinator) {
            try {
                coordinator.close();
            } catch (RuntimeException e) {
                // The dead cannot close properly.
            }
        }

        private void leavePrepared() throws Exception {
            String dead = "dead/1";
            Instant deadline = log.now().plusSeconds(3600);
            List<TxnBranch> left = new ArrayList<>();
            for (int i = 0; i < branches; i++) {
                int number = i + 1;
                OpenDatabase database =
                        OpenDatabase.open(CrashDatabases.database(i, databases().source(i)), gid);
                XaBranch branch = database.begin(
                        connection ->
                                BranchXid.of(gid, Integer.toString(number), deadline, connection, number, gid, dead),
                        false);
                try (Statement statement = branch.lent().createStatement()) {
                    statement.execute("INSERT INTO item VALUES ('" + gid + "')");
                }
                branch.end();
                branch.prepare();
                database.close();
                left.add(new TxnBranch(
                        branch.xid().branch(), "db" + i, branch.xid().payload()));
            }
            if (scenario == Scenario.LEFT_DECIDED) {
                log.decide(new TxnProposal(gid, Decision.COMMIT, deadline, dead, left));
            }
        }

        private boolean isSettled(TwoPhase coordinator) {
            try {
                return coordinator.unfinished(1).isEmpty() && prepared() == 0;
            } catch (TxnException e) {
                return false;
            }
        }

        private void awaitUnlessDead(BooleanSupplier condition) {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!process.isDead() && !condition.getAsBoolean()) {
                TooLate.check(end, "%s: it ends", this);
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }

        private int prepared() {
            return databases().prepared(gid);
        }

        /** Another coordinator takes its place, and everything ends. */
        Duration recover() throws Exception {
            process.die();
            long began = System.nanoTime();
            FragileProcess immortal = new FragileProcess(NOWHERE, 0);
            try (TwoPhase successor = open("successor", immortal)) {
                long end = began + PATIENCE.toNanos();
                while (!isSettled(successor)) {
                    TooLate.check(end, "%s: %s prepared, unfinished %s", this, prepared(), successor.unfinished(1));
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                assertAllOrNothing();
                return took;
            }
        }

        private void assertAllOrNothing() throws SQLException {
            int written = databases().written(gid, branches);
            assertThat(written).as("%s: written", this).isIn(0, branches);
            boolean committed = written > 0;
            log.status(gid)
                    .ifPresent(status -> assertThat(status.state().isCommit())
                            .as("%s: in the log", this)
                            .isEqualTo(committed));
            if (answer.isDone() && !answer.isCompletedExceptionally()) {
                Outcome<String> told = answer.join();
                if (told instanceof Outcome.Committed || told instanceof Outcome.Aborted) {
                    assertThat(told instanceof Outcome.Committed)
                            .as("%s: answered %s", this, told)
                            .isEqualTo(committed);
                }
            }
            if (scenario == Scenario.LEFT_DECIDED || scenario == Scenario.LEFT_UNDECIDED) {
                assertThat(committed).as("%s", this).isEqualTo(scenario == Scenario.LEFT_DECIDED);
            }
        }

        FragileProcess process() {
            return process;
        }

        @Override
        public String toString() {
            return gid + ", " + scenario + " with " + branches + " branches";
        }

        @Override
        public void close() {
            logDatabase.end().run();
        }
    }

    private static Set<String> passed(Scenario scenario, int branches) {
        return PASSED.computeIfAbsent(scenario + " " + branches, any -> unhurt(scenario, branches));
    }

    private static Set<String> unhurt(Scenario scenario, int branches) {
        try (Play play = new Play(scenario, branches, NOWHERE, 0, unhurt -> {}, LogDatabase.embedded())) {
            play.play();
            play.recover();
            return play.process().passed().keySet();
        } catch (Exception e) {
            throw new AssertionError(scenario + " with " + branches + " branches, where nobody dies", e);
        }
    }

    /** The points that any of the scenarios passes with that number of branches. */
    static Set<String> passed(int branches) {
        Set<String> passed = new HashSet<>();
        for (Scenario scenario : Scenario.values()) {
            passed.addAll(passed(scenario, branches));
        }
        return passed;
    }

    @ParameterizedTest
    @MethodSource("plays")
    void whereverSomethingDies_itIsAllOrNothing(Scenario scenario, int branches) throws Exception {
        Set<String> passed = passed(scenario, branches);
        List<Callable<Duration>> runs = new ArrayList<>();
        for (Point point : FragileProcess.all()) {
            if (passed.contains(point.key())) {
                runs.add(() -> run(scenario, branches, point, 1, CrashCases::kill, LogDatabase::embedded));
                if (branches == MAX_BRANCHES && scenario.isAboutAll(point.what())) {
                    runs.add(() -> run(scenario, branches, point, branches, CrashCases::kill, LogDatabase::embedded));
                }
            }
        }
        Duration slowest = Crowd.share(runs, AT_ONCE, Duration.ofMinutes(8)).stream()
                .max(Duration::compareTo)
                .orElseThrow();
        System.out.printf(
                "Two-phase crashes: %s with %d branches, %d points, the slowest was over after %d ms, with leases of %d ms%n",
                scenario, branches, runs.size(), slowest.toMillis(), LEASE.toMillis());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void wheneverAServerIsKilled_itIsAllOrNothing(int branches) throws Exception {
        wheneverAServerSuffers(CrashCases::kill, branches);
    }

    /** It is all or nothing, whenever that happens to a server, of a transaction that goes on or was left. */
    static void wheneverAServerSuffers(Consumer<SqlServer> blow, int branches) throws Exception {
        for (boolean after : new boolean[] {false, true}) {
            suffers(Scenario.COMMITTED, branches, new Point("XAResource.prepare", after, Victim.SERVER), blow);
            suffers(Scenario.COMMITTED, branches, new Point("XAResource.commit", after, Victim.SERVER), blow);
            suffers(Scenario.REFUSED, branches, new Point("XAResource.rollback", after, Victim.SERVER), blow);
            suffers(Scenario.LEFT_DECIDED, branches, new Point("XAResource.commit", after, Victim.SERVER), blow);
            suffers(Scenario.LEFT_UNDECIDED, branches, new Point("XAResource.rollback", after, Victim.SERVER), blow);
        }
    }

    /**
     * It is all or nothing, whenever the server of the log is killed: at each call to it once, in the first scenario that
     * makes it.
     */
    static void wheneverTheServerOfTheLogIsKilled(SqlServer server, int branches) throws Exception {
        int kills = 0;
        for (String what : FragileProcess.all().stream()
                .map(Point::what)
                .filter(any -> any.startsWith("TxnLog."))
                .distinct()
                .toList()) {
            for (boolean after : new boolean[] {false, true}) {
                Point point = new Point(what, after, Victim.SERVER);
                for (Scenario scenario : Scenario.values()) {
                    if (passed(scenario, branches).contains(point.key())) {
                        run(scenario, branches, point, 1, unhurt -> {}, () -> LogDatabase.on(server));
                        kills++;
                        break;
                    }
                }
            }
        }
        System.out.printf("Two-phase commits: the log's server was killed at %d points%n", kills);
        assertThat(kills).isPositive();
    }

    private static void suffers(Scenario scenario, int branches, Point point, Consumer<SqlServer> blow)
            throws Exception {
        assertThat(run(scenario, branches, point, 1, blow, LogDatabase::embedded))
                .as("%s, %s", scenario, point)
                .isPositive();
    }

    private static Duration run(
            Scenario scenario,
            int branches,
            Point point,
            int occurrence,
            Consumer<SqlServer> blow,
            Supplier<LogDatabase> logDatabase)
            throws Exception {
        for (int attempt = 1; attempt <= 3; attempt++) {
            try (Play play = new Play(scenario, branches, point, occurrence, blow, logDatabase.get())) {
                play.play();
                Duration took = play.recover();
                if (play.process().hasFired()) {
                    return took;
                }
            } catch (TooLate e) {
                throw new TooLate(scenario + " with " + branches + " branches, at " + point + ": " + e.getMessage(), e);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(scenario + " with " + branches + " branches, at " + point, e);
            }
        }
        MissedPoint.allow(scenario + ", " + point, point.key(), () -> unhurt(scenario, branches));
        return Duration.ZERO;
    }
}
