package io.coordkit.txn.twophase;

import io.coordkit.testkit.server.MariaDbServer;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.Arguments;

/** On MariaDB, in full. */
@Tag("soak")
class ParticipantCrashSoakTest extends ParticipantCrashCases {
    @BeforeAll
    static void start() throws SQLException {
        startOn(MariaDbServer.start(), MariaDbServer.start());
    }

    static Stream<Arguments> plays() {
        return plays(1, CrashDatabases.COUNT);
    }
}
