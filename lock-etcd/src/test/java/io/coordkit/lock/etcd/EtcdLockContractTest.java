package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnServers;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class EtcdLockContractTest extends LockBackendContract {
    @RegisterExtension
    static final BaseLine BASE_LINE =
            EtcdResidue.baseLine(() -> List.of(EtcdLockContractTest.server), () -> EtcdLockContractTest.inspector);

    private static EtcdServer server;
    private static EtcdInspector inspector;

    @BeforeAll
    static void start() {
        server = EtcdServer.start();
        inspector = EtcdInspector.of(server);
        inspector.delete("nothing"); // a first call loads classes for longer than a client may wait
    }

    @AfterAll
    static void stop() {
        inspector.close();
        server.close();
    }

    @Override
    protected LockBackend openBackend() {
        return open(server.address());
    }

    private static LockBackend open(String addresses) {
        return EtcdConnection.open(EtcdAddress.parse("etcd://" + addresses), Optional.empty());
    }

    static OwnStore ownEtcd(int size) {
        return new OwnServers<>(
                EtcdServer.startCluster(size),
                EtcdLockContractTest::open,
                EtcdServer::address,
                EtcdServer::kill9,
                EtcdServer::restart,
                EtcdServer::close);
    }

    @Override
    protected void loseFromStore(String name) {
        inspector.delete(EtcdKeys.prefix(name));
        inspector.delete(EtcdKeys.sharedPrefix(name));
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(ownEtcd(1));
    }

    /** The least that etcd counts to. */
    @Override
    protected Duration shortTtl() {
        return Duration.ofSeconds(2);
    }
}
