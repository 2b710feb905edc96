package io.coordkit.txn.grpc;

import io.coordkit.testkit.server.MySqlServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

@Tag("conformance")
class MySqlOverGrpcContractTest extends SqlServerOverGrpcContract {
    @BeforeAll
    static void start() {
        startOn(MySqlServer.start());
    }
}
