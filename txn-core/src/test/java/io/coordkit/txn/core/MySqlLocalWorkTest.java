package io.coordkit.txn.core;

import io.coordkit.testkit.server.MySqlServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class MySqlLocalWorkTest extends SqlServerLocalWork {
    @BeforeAll
    static void start() {
        startOn(MySqlServer.start());
    }
}
