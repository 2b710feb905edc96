package io.coordkit.id.sql;

import io.coordkit.testkit.server.MariaDbServer;
import org.junit.jupiter.api.BeforeAll;

class MariaDbWorkerContractTest extends SqlServerWorkerContract {
    @BeforeAll
    static void start() {
        startOn(MariaDbServer.start());
    }
}
