package io.coordkit.id.sql;

import io.coordkit.testkit.server.MySqlServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class MySqlWorkerContractTest extends SqlServerWorkerContract {
    @BeforeAll
    static void start() {
        startOn(MySqlServer.start());
    }
}
