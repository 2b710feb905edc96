package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockCrowdContract;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.Client;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class EtcdCrowdContractTest extends LockCrowdContract {
    @RegisterExtension
    static final BaseLine BASE_LINE =
            EtcdResidue.baseLine(() -> List.of(EtcdCrowdContractTest.server), () -> EtcdCrowdContractTest.inspector);

    private static final int CONNECTIONS = 4;
    private static final List<Client> SHARED = new ArrayList<>();

    private static EtcdServer server;
    private static EtcdInspector inspector;
    private static int opened;

    @BeforeAll
    static void start() {
        server = EtcdServer.start();
        inspector = EtcdInspector.of(server);
        for (int i = 0; i < CONNECTIONS; i++) {
            SHARED.add(Client.builder().endpoints("http://" + server.address()).build());
        }
        // All are connected from here on, so that the base line has their connections.
        SHARED.forEach(client ->
                EtcdLockBackend.over(client, () -> {}, System::nanoTime).close());
    }

    @AfterAll
    static void stop() {
        SHARED.forEach(Client::close);
        SHARED.clear();
        inspector.close();
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return EtcdLockBackend.over(SHARED.get(opened++ % CONNECTIONS), () -> {}, System::nanoTime);
    }

    @Override
    protected long commandsServed() {
        return EtcdResidue.commands(server);
    }
}
