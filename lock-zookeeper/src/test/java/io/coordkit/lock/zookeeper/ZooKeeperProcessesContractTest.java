package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockProcessesContract;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZooKeeperProcessesContractTest extends LockProcessesContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = ZooKeeperResidue.baseLine(
            () -> List.of(ZooKeeperProcessesContractTest.server), () -> ZooKeeperProcessesContractTest.admin);

    private static ZooKeeperServer server;
    private static CuratorFramework admin;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start();
        admin = Nodes.curator(server.address(), Duration.ofSeconds(90));
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    @Override
    protected String uri() {
        return "zk://" + server.address();
    }
}
