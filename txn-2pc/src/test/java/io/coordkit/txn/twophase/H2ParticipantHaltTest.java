package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.Crowd;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.twophase.FragileProcess.Point;
import io.coordkit.txn.twophase.FragileProcess.Victim;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * H2 lives in the process of its participant and dies with it. Wherever that is, the next process does what it is told: the
 * commit of what was voted for, and the rollback of anything.
 */
@Timeout(180)
class H2ParticipantHaltTest {
    private static final int AT_ONCE = 3;

    @TempDir
    private Path directory = Path.of("unset");

    static Stream<Arguments> plays() {
        return Stream.of(
                Arguments.of(List.of("TRY", "CONFIRM")),
                Arguments.of(List.of("TRY", "CANCEL")),
                Arguments.of(List.of("CAN_COMMIT", "PRE_COMMIT", "CONFIRM")),
                Arguments.of(List.of("CAN_COMMIT", "PRE_COMMIT", "CANCEL")));
    }

    private static List<String> points(List<String> operations) {
        List<String> points =
                new ArrayList<>(List.of("INSERT INTO coordkit_xa_guard", "XAResource.end", "XAResource.prepare"));
        points.add(operations.contains("CONFIRM") ? "XAResource.commit" : "XAResource.rollback");
        if (operations.contains("PRE_COMMIT")) {
            points.add("INSERT INTO coordkit_xa_three_phase");
            points.add("UPDATE coordkit_xa_three_phase");
            points.add("DELETE FROM coordkit_xa_three_phase");
        }
        return points;
    }

    @ParameterizedTest
    @MethodSource("plays")
    void wherever_itHalts(List<String> operations) throws Exception {
        List<Callable<Boolean>> runs = points(operations).stream()
                .flatMap(what -> Stream.of(false, true)
                        .<Callable<Boolean>>map(after -> () -> run(operations, new Point(what, after, Victim.PROCESS))))
                .toList();
        assertThat(Crowd.share(runs, AT_ONCE, Duration.ofMinutes(2))).hasSameSizeAs(runs);
    }

    private boolean run(List<String> operations, Point fatal) throws Exception {
        Path home = Files.createTempDirectory(directory, "run");
        try (Connection connection = connect(home);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE item (id VARCHAR(64))");
        }
        Path output = home.resolve("output");
        List<String> arguments =
                new ArrayList<>(List.of(home.toString(), fatal.what(), Boolean.toString(fatal.after())));
        arguments.addAll(operations);
        try (ChildJvm child = ChildJvm.start(H2HaltingParticipant.class, output, arguments.toArray(String[]::new))) {
            assertThat(child.waitFor(Duration.ofMinutes(1)))
                    .as("%s", fatal)
                    .isEqualTo(OptionalInt.of(H2HaltingProcess.HALTED));
        }
        boolean commit =
                operations.contains("CONFIRM") && Files.readString(output).startsWith(operations.get(0));
        FragileProcess immortal = new FragileProcess(new Point("nothing", false, Victim.MESSAGE), 0);
        try (XaParticipant<String> next = H2HaltingParticipant.open(home, immortal)) {
            for (int attempt = 2; attempt <= 3; attempt++) {
                assertThat(H2HaltingParticipant.ask(next, commit ? Operation.CONFIRM : Operation.CANCEL, attempt))
                        .as("%s, %s", fatal, operations)
                        .isEqualTo(new BranchReply.Done());
            }
        }
        try (Connection connection = connect(home);
                Statement statement = connection.createStatement();
                var rows = statement.executeQuery("SELECT (SELECT COUNT(*) FROM item),"
                        + " (SELECT COUNT(*) FROM INFORMATION_SCHEMA.IN_DOUBT)")) {
            rows.next();
            assertThat(rows.getInt(1)).as("%s, %s: written", fatal, operations).isEqualTo(commit ? 1 : 0);
            assertThat(rows.getInt(2)).as("%s, %s: prepared", fatal, operations).isZero();
        }
        return commit;
    }

    private static Connection connect(Path home) throws Exception {
        return DriverManager.getConnection(
                "jdbc:h2:" + home.resolve("left").toAbsolutePath() + ";WRITE_DELAY=0", "sa", "");
    }
}
