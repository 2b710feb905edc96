package io.coordkit.txn.tcc;

import io.coordkit.testkit.server.MariaDbServer;
import org.junit.jupiter.api.BeforeAll;

class MariaDbGuardTest extends SqlServerGuardContract {
    @BeforeAll
    static void start() {
        startOn(MariaDbServer.start());
    }
}
