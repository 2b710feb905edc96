package io.coordkit.lock.zookeeper;

import static io.coordkit.lock.zookeeper.ZooKeeperLockContractTest.SESSION;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on three servers, among which every client chooses one. */
@Tag("topology")
class ZooKeeperEnsembleContractTest extends LockBackendContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = ZooKeeperResidue.baseLine(
            () -> ZooKeeperEnsembleContractTest.servers, () -> ZooKeeperEnsembleContractTest.admin);

    private static List<ZooKeeperServer> servers;
    private static CuratorFramework admin;

    @BeforeAll
    static void start() {
        servers = ZooKeeperServer.startEnsemble(3);
        admin = Nodes.curator(ZooKeeperServer.addresses(servers), SESSION);
    }

    @AfterAll
    static void stop() {
        admin.close();
        servers.forEach(ZooKeeperServer::close);
    }

    @Override
    protected LockBackend openBackend() {
        return ZooKeeperLockContractTest.open(ZooKeeperServer.addresses(servers));
    }

    @Override
    protected void loseFromStore(String name) {
        Nodes.deleteHolder(admin, name);
    }

    /** Four processes share the machine with the test. */
    @Override
    protected Duration shortTtl() {
        return Duration.ofSeconds(2);
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(ZooKeeperLockContractTest.ownZooKeeper(3));
    }
}
