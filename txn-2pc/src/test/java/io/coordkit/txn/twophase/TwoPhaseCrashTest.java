package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.testkit.server.MariaDbServer;
import io.coordkit.testkit.server.SqlServer;
import io.coordkit.txn.twophase.FragileProcess.Point;
import java.sql.SQLException;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;

/** On MariaDB. */
class TwoPhaseCrashTest extends TwoPhaseCrashCases {
    @BeforeAll
    static void start() throws SQLException {
        startOn(MariaDbServer.start(), MariaDbServer.start());
    }

    static Stream<Arguments> plays() {
        return plays(1, MAX_BRANCHES);
    }

    @Test
    void wheneverTheServerOfTheLogIsKilled_itIsAllOrNothing() throws Exception {
        try (SqlServer own = MariaDbServer.start()) {
            wheneverTheServerOfTheLogIsKilled(own, 2);
        }
    }

    @Test
    void everyPointIsPassed_withEachNumberOfBranches() {
        for (int branches = 1; branches <= MAX_BRANCHES; branches++) {
            Set<String> passed = passed(branches);
            assertThat(FragileProcess.all().stream()
                            .map(Point::key)
                            .filter(key -> !passed.contains(key))
                            .distinct())
                    .as("points that no scenario passes with %s branches: write one that does", branches)
                    .isEmpty();
        }
    }
}
