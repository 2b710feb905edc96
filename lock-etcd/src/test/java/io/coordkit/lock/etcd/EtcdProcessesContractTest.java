package io.coordkit.lock.etcd;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockProcessesContract;
import io.coordkit.testkit.server.EtcdServer;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class EtcdProcessesContractTest extends LockProcessesContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = EtcdResidue.baseLine(
            () -> List.of(EtcdProcessesContractTest.server), () -> EtcdProcessesContractTest.inspector);

    private static EtcdServer server;
    private static EtcdInspector inspector;

    @BeforeAll
    static void start() {
        server = EtcdServer.start();
        inspector = EtcdInspector.of(server);
    }

    @AfterAll
    static void stop() {
        inspector.close();
        server.close();
    }

    @Override
    protected String uri() {
        return "etcd://" + server.address();
    }
}
