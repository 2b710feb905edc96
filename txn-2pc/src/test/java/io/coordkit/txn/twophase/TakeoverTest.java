package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.Servers;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A coordinator's process is gone, and how long it takes until another that was there has ended what it left. */
@Timeout(180)
class TakeoverTest {
    private static final int ROUNDS = 3;
    /** What docs/two-phase-commit.md states: one and a third leases, and two looks. */
    private static final Duration BOUND =
            HaltingCoordinator.LEASE.multipliedBy(4).dividedBy(3).plus(HaltingCoordinator.LOOKS.multipliedBy(2));

    @TempDir
    private Path directory = Path.of("unset");

    private final MariaDbServer server = Servers.shared().mariaDb();
    private final String log = server.createDatabase("takeover_log");
    private final String left = server.createDatabase("takeover_left");
    private final String right = server.createDatabase("takeover_right");

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean isWritten(String url, String gid) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id FROM item WHERE id = '" + gid + "' FOR UPDATE NOWAIT")) {
            return rows.next();
        }
    }

    private boolean isPrepared(String gid) throws SQLException {
        try (Connection connection = DriverManager.getConnection(left);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("XA RECOVER")) {
            while (rows.next()) {
                if (rows.getString("data").startsWith(gid)) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void whatADeadCoordinatorLeft_isEndedByAnotherWithinTheBound() throws Exception {
        execute(left, "CREATE TABLE item (id VARCHAR(64) PRIMARY KEY)");
        execute(right, "CREATE TABLE item (id VARCHAR(64) PRIMARY KEY)");
        FragileProcess immortal = new FragileProcess(new Point("nothing", false, Victim.MESSAGE), 0);
        Duration slowest = Duration.ZERO;
        try (TwoPhase standby = HaltingCoordinator.open(immortal, log, left, right)) {
            for (int round = 0; round < ROUNDS; round++) {
                for (boolean decided : new boolean[] {false, true}) {
                    Duration took = round(standby, "takeover-" + round + "-" + decided + "-", decided);
                    slowest = took.compareTo(slowest) > 0 ? took : slowest;
                }
            }
        }
        System.out.printf(
                "Takeovers: what a coordinator left that was gone was ended within %d ms, by a bound of %d ms%n",
                slowest.toMillis(), BOUND.toMillis());
    }

    private Duration round(TwoPhase standby, String gid, boolean decided) throws Exception {
        try (ChildJvm mortal = ChildJvm.start(
                HaltingCoordinator.class, directory.resolve(gid), log, left, right, gid, Boolean.toString(decided))) {
            assertThat(mortal.waitFor(Duration.ofMinutes(1))).isEqualTo(OptionalInt.of(HaltingCoordinator.HALTED));
        }
        long death = System.nanoTime();
        long end = death + BOUND.multipliedBy(5).toNanos();
        while (isPrepared(gid) || !standby.unfinished(1).isEmpty()) {
            TooLate.check(end, "%s is ended by another, which has a bound of %s", gid, BOUND);
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        Duration took = Duration.ofNanos(System.nanoTime() - death);
        assertThat(isWritten(left, gid)).as("%s: left", gid).isEqualTo(decided);
        assertThat(isWritten(right, gid)).as("%s: right", gid).isEqualTo(decided);
        return took;
    }
}
