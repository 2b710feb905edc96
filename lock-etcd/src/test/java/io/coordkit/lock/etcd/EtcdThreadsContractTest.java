package io.coordkit.lock.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockThreadsContract;
import io.coordkit.testkit.server.EtcdServer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EtcdThreadsContractTest extends LockThreadsContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = EtcdResidue.baseLine(
            () -> List.of(EtcdThreadsContractTest.server), () -> EtcdThreadsContractTest.inspector);

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
    protected LockBackend openBackend() {
        return EtcdConnection.open(EtcdAddress.parse("etcd://" + server.address()), Optional.empty());
    }

    @Test
    void L38_aClientThatIsNotClosedIsSeen() throws Exception {
        try (LockClient client = EtcdLocks.connect("etcd://" + server.address());
                Hold hold = client.mutex("seen").acquire(patience())) {
            assertThat(hold.isHeld()).isTrue();
            assertThat(BASE_LINE.left()).containsOnlyKeys("threads", "connections", "keys", "leases");
        }
    }
}
