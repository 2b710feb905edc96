package io.coordkit.id.zookeeper;

import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.testkit.id.WorkerLeaseContract;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class ZooKeeperWorkerContractTest extends WorkerLeaseContract {
    private static final Duration SESSION = Duration.ofSeconds(30);
    private static ZooKeeperServer server;
    private static CuratorFramework curator;

    @BeforeAll
    static void startServer() {
        server = ZooKeeperServer.start();
        curator = ZooKeeperConnection.open(server.address(), "", SESSION);
    }

    @AfterAll
    static void stopServer() {
        curator.close();
        server.close();
    }

    @Override
    protected WorkerLeaseSource open() {
        CuratorFramework own = ZooKeeperConnection.open(server.address(), "", SESSION);
        return WorkerLeases.on(ZooKeeperWorkers.over(own, own::close));
    }

    @Override
    protected void forget(String tag, int worker) throws Exception {
        curator.delete().forPath(new WorkerPaths(tag).record(worker));
    }
}
