package io.coordkit.txn.twophase;

import io.coordkit.testkit.server.SqlServer;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.provider.Arguments;

/** Crash matrices on three databases of two servers, which end after all tests. */
abstract class CrashCases {
    private static @Nullable CrashDatabases opened;

    /** Before all tests. */
    static void open(SqlServer first, SqlServer second) throws SQLException {
        opened = new CrashDatabases(first, second);
    }

    static CrashDatabases databases() {
        return Objects.requireNonNull(opened);
    }

    @AfterAll
    static void stop() {
        databases().close();
    }

    /** It dies and is back; what it had prepared as well. */
    static void kill(SqlServer server) {
        server.kill9();
        server.restart();
    }

    /** Every scenario, each with so many branches. */
    static Stream<Arguments> plays(Enum<?>[] scenarios, int fewest, int most) {
        return Stream.of(scenarios)
                .flatMap(scenario ->
                        IntStream.rangeClosed(fewest, most).mapToObj(branches -> Arguments.of(scenario, branches)));
    }
}
