package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.core.FileTxnLog;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** H2 lives in the process of its coordinator and dies with it: what the next process finds is all or nothing. */
@Timeout(120)
class H2HaltTest {
    @TempDir
    private Path directory = Path.of("unset");

    static Stream<Arguments> points() {
        return Stream.of("XAResource.end", "XAResource.prepare", "TxnLog.decide", "XAResource.commit", "TxnLog.finish")
                .flatMap(what -> Stream.of(false, true).map(after -> Arguments.of(what, after)));
    }

    private void execute(String name, String sql) throws SQLException {
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect(String name) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:h2:" + directory.resolve(name).toAbsolutePath() + ";WRITE_DELAY=0", "sa", "");
    }

    private boolean isWritten(String name) throws SQLException {
        try (Connection connection = connect(name);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT id FROM item FOR UPDATE")) {
            return rows.next();
        }
    }

    @ParameterizedTest
    @MethodSource("points")
    void wherever_itHalts(String what, boolean after) throws Exception {
        for (String each : List.of("left", "right")) {
            execute(each, "CREATE TABLE item (id VARCHAR(64) PRIMARY KEY)");
        }
        Path output = directory.resolve("output");
        try (ChildJvm child =
                ChildJvm.start(H2HaltingProcess.class, output, directory.toString(), what, Boolean.toString(after))) {
            assertThat(child.waitFor(Duration.ofMinutes(1))).isEqualTo(OptionalInt.of(H2HaltingProcess.HALTED));
        }
        boolean committed = recover();
        assertThat(isWritten("left")).isEqualTo(committed);
        assertThat(isWritten("right")).isEqualTo(committed);
        assertThat(answered(output)).isIn(committed ? List.of("", "Committed", "Unknown") : List.of("", "Unknown"));
    }

    private static String answered(Path output) throws IOException {
        return Files.readString(output).strip();
    }

    /** Whether it is committed, when everything has ended. */
    private boolean recover() throws Exception {
        FragileProcess immortal = new FragileProcess(new Point("nothing", false, Victim.MESSAGE), 0);
        try (TxnLog log = FileTxnLog.open(directory.resolve("log"));
                TwoPhase coordinator = H2HaltingProcess.open(directory, immortal, log)) {
            long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (!coordinator.unfinished(1).isEmpty() || prepared() > 0) {
                TooLate.check(end, "it ends");
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
            return coordinator
                    .outcome(H2HaltingProcess.GID)
                    .filter(status -> status.state().isCommit())
                    .isPresent();
        }
    }

    private int prepared() throws SQLException {
        int count = 0;
        for (String each : List.of("left", "right")) {
            try (Connection connection = connect(each);
                    Statement statement = connection.createStatement();
                    var rows = statement.executeQuery("SELECT 1 FROM INFORMATION_SCHEMA.IN_DOUBT")) {
                count += rows.next() ? 1 : 0;
            }
        }
        return count;
    }
}
