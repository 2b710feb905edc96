package io.coordkit.lock.zookeeper;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockCrowdContract;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.util.ArrayList;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZooKeeperCrowdContractTest extends LockCrowdContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = ZooKeeperResidue.baseLine(
            () -> List.of(ZooKeeperCrowdContractTest.server), () -> ZooKeeperCrowdContractTest.SHARED.get(0));

    private static final int CONNECTIONS = 4;
    private static final List<CuratorFramework> SHARED = new ArrayList<>();

    private static ZooKeeperServer server;
    private static int opened;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start();
        for (int i = 0; i < CONNECTIONS; i++) {
            SHARED.add(Nodes.curator(server.address(), TTL));
        }
        // All are connected from here on, so that the base line has their sessions.
        SHARED.forEach(
                curator -> ZooKeeperLockBackend.over(curator, TTL, () -> {}).close());
    }

    @AfterAll
    static void stop() {
        SHARED.forEach(CuratorFramework::close);
        SHARED.clear();
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return ZooKeeperLockBackend.over(SHARED.get(opened++ % CONNECTIONS), TTL, () -> {});
    }

    @Override
    protected long commandsServed() {
        return ZooKeeperResidue.commands(server);
    }
}
