package io.coordkit.txn.tcc;

import io.coordkit.testkit.server.MySqlServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class MySqlGuardTest extends SqlServerGuardContract {
    @BeforeAll
    static void start() {
        startOn(MySqlServer.start());
    }
}
