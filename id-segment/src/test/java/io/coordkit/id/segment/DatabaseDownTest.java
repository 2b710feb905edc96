package io.coordkit.id.segment;

import io.coordkit.testkit.server.MariaDbServer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;

/** On MariaDB. */
class DatabaseDownTest extends DatabaseDownCases {
    @BeforeAll
    static void start() {
        startOn(MariaDbServer.start());
    }

    static Stream<Outage> outages() {
        return Stream.of(Outage.KILLED, Outage.SILENT);
    }
}
