package io.coordkit.txn.twophase;

import io.coordkit.testkit.server.MySqlServer;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.provider.Arguments;

/** On MySQL 9, which lets a prepared branch go from its connection; one participant, as more run on MariaDB. */
@Tag("conformance")
class MySqlParticipantCrashTest extends ParticipantCrashCases {
    @BeforeAll
    static void start() throws SQLException {
        startOn(MySqlServer.startOnOwnNetwork(), MySqlServer.startOnOwnNetwork());
    }

    static Stream<Arguments> plays() {
        return plays(1, 1);
    }
}
