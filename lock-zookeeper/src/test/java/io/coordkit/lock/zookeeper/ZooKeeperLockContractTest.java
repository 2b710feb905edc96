package io.coordkit.lock.zookeeper;

import io.coordkit.config.Settings;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnServers;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZooKeeperLockContractTest extends LockBackendContract {
    /** Carries every TTL that the contract uses. */
    static final Duration SESSION = Duration.ofSeconds(90);
    /**
     * A server that starts takes connections which it then never answers, now and then; a client gives them up after a
     * session, by the number of servers.
     */
    private static final Duration SESSION_ACROSS_RESTARTS = Duration.ofSeconds(15);

    @RegisterExtension
    static final BaseLine BASE_LINE = ZooKeeperResidue.baseLine(
            () -> List.of(ZooKeeperLockContractTest.server), () -> ZooKeeperLockContractTest.admin);

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
        return open(server.address());
    }

    static LockBackend open(String addresses) {
        return open(addresses, SESSION);
    }

    private static LockBackend open(String addresses, Duration session) {
        return ZooKeeperConnection.open(ZooKeeperAddress.parse("zk://" + addresses), session, Settings.NONE);
    }

    static OwnStore ownZooKeeper(int size) {
        return new OwnServers<>(
                ZooKeeperServer.startEnsemble(size),
                addresses -> open(addresses, SESSION_ACROSS_RESTARTS),
                ZooKeeperServer::address,
                ZooKeeperServer::kill9,
                ZooKeeperServer::restart,
                ZooKeeperServer::close);
    }

    @Override
    protected void loseFromStore(String name) {
        Nodes.deleteHolder(admin, name);
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(ownZooKeeper(1));
    }
}
