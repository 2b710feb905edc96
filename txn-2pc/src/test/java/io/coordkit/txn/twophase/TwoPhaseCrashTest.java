package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.jdbc.MysqlXADataSource;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.server.MariaDbServer;
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
import java.sql.Connection;
import java.sql.DriverManager;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.sql.XADataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Wherever the coordinator dies, a connection is cut, an answer of the log is lost or a server is killed, in whatever
 * happens to a transaction of one to three branches on MariaDB: it is all or nothing in the end, nothing stays prepared or
 * locked, and what was answered holds.
 */
@Timeout(600)
class TwoPhaseCrashTest {
    private static final int MAX_BRANCHES = 3;
    private static final int AT_ONCE = 12;
    private static final Duration LEASE = Duration.ofSeconds(1);
    private static final Duration PATIENCE = LEASE.multipliedBy(30);
    private static final Point NOWHERE = new Point("nothing", false, Victim.MESSAGE);
    private static final AtomicInteger RUNS = new AtomicInteger();
    private static final Map<String, Map<String, Integer>> PASSED = new ConcurrentHashMap<>();

    private static List<MariaDbServer> servers = List.of();
    private static List<String> urls = List.of();

    @BeforeAll
    static void start() throws SQLException {
        servers = List.of(MariaDbServer.start(), MariaDbServer.start());
        urls = new ArrayList<>();
        for (int i = 0; i < MAX_BRANCHES; i++) {
            urls.add(servers.get(i % servers.size()).createDatabase("db" + i));
            execute(urls.get(i), "CREATE TABLE item (id VARCHAR(64) PRIMARY KEY)");
        }
    }

    @AfterAll
    static void stop() {
        servers.forEach(MariaDbServer::close);
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** What happens to a transaction. */
    enum Scenario {
        COMMITTED,
        REFUSED,
        /** Somebody has prepared, and died before the decision. */
        LEFT_UNDECIDED,
        /** Somebody has prepared and decided, and died. */
        LEFT_DECIDED
    }

    static Stream<Arguments> plays() {
        return Stream.of(Scenario.values())
                .flatMap(scenario ->
                        IntStream.rangeClosed(1, MAX_BRANCHES).mapToObj(branches -> Arguments.of(scenario, branches)));
    }

    /** One transaction on its own log. */
    private static final class Play implements AutoCloseable {
        private final Scenario scenario;
        private final int branches;
        private final String gid = "run-" + RUNS.incrementAndGet() + "-";
        private final JdbcConnectionPool logDatabase = JdbcConnectionPool.create(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");
        private final TxnLog log = SqlTxnLog.using(logDatabase);
        private final FragileProcess process;
        private final CompletableFuture<Outcome<String>> answer = new CompletableFuture<>();

        Play(Scenario scenario, int branches, Point fatal, int occurrence) {
            this.scenario = scenario;
            this.branches = branches;
            this.process = new FragileProcess(fatal, occurrence);
        }

        /** It dies and is back; what it had prepared as well. */
        private static void kill(MariaDbServer server) {
            server.kill9();
            server.restart();
        }

        private static XADataSource source(int number) {
            MysqlXADataSource source = new MysqlXADataSource();
            source.setUrl(urls.get(number) + "&socketTimeout=10000");
            return source;
        }

        private static XaDatabase database(int number, XADataSource source) {
            return XaDatabase.of("db" + number, source).withMaxConnections(4);
        }

        private TwoPhase open(String name, FragileProcess by) {
            BranchEndpoint unwilling = call -> CompletableFuture.completedStage(
                    call.operation() == Operation.TRY
                            ? new BranchReply.Refused(BranchReply.Code.BUSINESS, "not today")
                            : new BranchReply.Done());
            TwoPhaseCoordinator.Builder builder = TwoPhaseCoordinator.builder()
                    .log(by.around(log))
                    .home(gid)
                    .name(name)
                    .lease(LEASE)
                    .callTimeout(Duration.ofSeconds(15))
                    .scanEvery(Duration.ofMillis(100))
                    .participant("unwilling", unwilling);
            for (int i = 0; i < branches; i++) {
                MariaDbServer server = servers.get(i % servers.size());
                builder.database(database(i, by.around(source(i), () -> kill(server))));
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
                OpenDatabase database = OpenDatabase.open(database(i, source(i)), gid);
                XaBranch branch = database.begin(connection ->
                        BranchXid.of(gid, Integer.toString(number), deadline, connection, number, gid, dead));
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
                assertThat(System.nanoTime()).as("%s: it ends", this).isLessThan(end);
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }

        /** How many branches of it are prepared. */
        private int prepared() {
            int count = 0;
            for (int i = 0; i < Math.min(branches, servers.size()); i++) {
                try (Connection connection = DriverManager.getConnection(urls.get(i));
                        Statement statement = connection.createStatement();
                        var rows = statement.executeQuery("XA RECOVER")) {
                    while (rows.next()) {
                        count += rows.getString("data").startsWith(gid) ? 1 : 0;
                    }
                } catch (SQLException e) {
                    return -1;
                }
            }
            return count;
        }

        /** Another coordinator takes its place, and everything ends. */
        Duration recover() throws Exception {
            process.die();
            long began = System.nanoTime();
            FragileProcess immortal = new FragileProcess(NOWHERE, 0);
            try (TwoPhase successor = open("successor", immortal)) {
                long end = began + PATIENCE.toNanos();
                while (!isSettled(successor)) {
                    assertThat(System.nanoTime())
                            .as("%s: %s prepared, unfinished %s", this, prepared(), successor.unfinished(1))
                            .isLessThan(end);
                    LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                }
                Duration took = Duration.ofNanos(System.nanoTime() - began);
                assertAllOrNothing();
                return took;
            }
        }

        private void assertAllOrNothing() throws SQLException {
            int written = 0;
            for (int i = 0; i < branches; i++) {
                written += rows(i);
            }
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

        /** Its row in that database; fails if anybody has locked it. */
        private int rows(int number) throws SQLException {
            try (Connection connection = DriverManager.getConnection(urls.get(number));
                    Statement statement = connection.createStatement();
                    var rows =
                            statement.executeQuery("SELECT id FROM item WHERE id = '" + gid + "' FOR UPDATE NOWAIT")) {
                return rows.next() ? 1 : 0;
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
            logDatabase.dispose();
        }
    }

    private static Map<String, Integer> passed(Scenario scenario, int branches) {
        return PASSED.computeIfAbsent(scenario + " " + branches, any -> {
            try (Play play = new Play(scenario, branches, NOWHERE, 0)) {
                play.play();
                play.recover();
                return play.process().passed();
            } catch (Exception e) {
                throw new AssertionError(scenario + " with " + branches + " branches, where nobody dies", e);
            }
        });
    }

    @Test
    void everyPointIsPassed_withEachNumberOfBranches() {
        for (int branches = 1; branches <= MAX_BRANCHES; branches++) {
            Set<String> passed = new HashSet<>();
            for (Scenario scenario : Scenario.values()) {
                passed.addAll(passed(scenario, branches).keySet());
            }
            assertThat(FragileProcess.all().stream()
                            .map(Point::key)
                            .filter(key -> !passed.contains(key))
                            .distinct())
                    .as("points that no scenario passes with %s branches: write one that does", branches)
                    .isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("plays")
    void whereverSomethingDies_itIsAllOrNothing(Scenario scenario, int branches) throws Exception {
        Map<String, Integer> passed = passed(scenario, branches);
        List<Callable<Duration>> runs = new ArrayList<>();
        for (Point point : FragileProcess.all()) {
            if (passed.containsKey(point.key())) {
                runs.add(() -> run(scenario, branches, point, 1));
            }
        }
        Duration slowest = Crowd.share(runs, AT_ONCE, Duration.ofMinutes(8)).stream()
                .max(Duration::compareTo)
                .orElseThrow();
        System.out.printf(
                "Two-phase crashes: %s with %d branches, %d points, the slowest was over after %d ms, with leases of %d ms%n",
                scenario, branches, runs.size(), slowest.toMillis(), LEASE.toMillis());
    }

    @Test
    void wheneverAServerIsKilled_itIsAllOrNothing() throws Exception {
        for (String what : List.of("XAResource.prepare", "XAResource.commit", "XAResource.rollback")) {
            for (boolean after : new boolean[] {false, true}) {
                Scenario scenario = what.endsWith("rollback") ? Scenario.REFUSED : Scenario.COMMITTED;
                run(scenario, 2, new Point(what, after, Victim.SERVER), 1);
            }
        }
    }

    private static Duration run(Scenario scenario, int branches, Point point, int occurrence) throws Exception {
        for (int attempt = 1; attempt <= 3; attempt++) {
            try (Play play = new Play(scenario, branches, point, occurrence)) {
                play.play();
                Duration took = play.recover();
                if (play.process().hasFired()) {
                    return took;
                }
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(scenario + " with " + branches + " branches, at " + point, e);
            }
        }
        throw new AssertionError(scenario + " has not come to where " + point);
    }
}
