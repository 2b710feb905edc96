package io.coordkit.txn.core;

import io.coordkit.testkit.server.MariaDbServer;
import org.junit.jupiter.api.BeforeAll;

class MariaDbLocalWorkTest extends SqlServerLocalWork {
    @BeforeAll
    static void start() {
        startOn(MariaDbServer.start());
    }
}
