package io.coordkit.lock.zookeeper;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ZooKeeperLockContractTest extends LockBackendContract {
    /** Carries every TTL that the contract uses. */
    private static final Duration SESSION = Duration.ofSeconds(90);

    private static ZooKeeperServer server;
    private static CuratorFramework admin;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start();
        admin = Nodes.curator(server.address(), SESSION);
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return ZooKeeperConnection.open(ZooKeeperAddress.parse("zk://" + server.address()), SESSION, Settings.NONE);
    }

    @Override
    protected void loseFromStore(String name) {
        Nodes.deleteHolder(admin, name);
    }
}
