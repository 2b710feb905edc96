package io.coordkit.txn.grpc;

import io.coordkit.testkit.server.MariaDbServer;
import org.junit.jupiter.api.BeforeAll;

class MariaDbOverGrpcContractTest extends SqlServerOverGrpcContract {
    @BeforeAll
    static void start() {
        startOn(MariaDbServer.start());
    }
}
