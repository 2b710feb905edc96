package io.coordkit.txn.twophase;

import io.coordkit.testkit.server.MariaDbServer;
import java.sql.SQLException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.provider.Arguments;

/** On MariaDB: each scenario with one number of participants, and all of the numbers among them. */
class ParticipantCrashTest extends ParticipantCrashCases {
    @BeforeAll
    static void start() throws SQLException {
        startOn(MariaDbServer.start(), MariaDbServer.start());
    }

    static Stream<Arguments> plays() {
        Scenario[] scenarios = Scenario.values();
        return IntStream.range(0, scenarios.length)
                .mapToObj(i -> Arguments.of(scenarios[i], i % CrashDatabases.COUNT + 1));
    }
}
