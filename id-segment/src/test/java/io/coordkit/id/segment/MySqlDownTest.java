package io.coordkit.id.segment;

import io.coordkit.testkit.server.MySqlServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** On MySQL 9 in a container, which can be taken off its network as well. */
@Tag("conformance")
class MySqlDownTest extends DatabaseDownCases {
    @BeforeAll
    static void start() {
        startOn(MySqlServer.startOnOwnNetwork());
    }

    static Stream<Outage> outages() {
        return Stream.of(Outage.KILLED, Outage.SILENT, Outage.OFF_ITS_NETWORK);
    }
}
