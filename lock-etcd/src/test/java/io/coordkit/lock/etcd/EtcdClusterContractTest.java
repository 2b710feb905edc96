package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on three members, all of which every client uses in turn. */
@Tag("topology")
class EtcdClusterContractTest extends LockBackendContract {
    @RegisterExtension
    static final BaseLine BASE_LINE =
            EtcdResidue.baseLine(() -> EtcdClusterContractTest.members, () -> EtcdClusterContractTest.inspector);

    private static List<EtcdServer> members;
    private static EtcdInspector inspector;

    @BeforeAll
    static void start() {
        members = EtcdServer.startCluster(3);
        inspector = EtcdInspector.of(members.get(0));
        inspector.delete("nothing"); // a first call loads classes for longer than a client may wait
    }

    @AfterAll
    static void stop() {
        inspector.close();
        members.forEach(EtcdServer::close);
    }

    @Override
    protected LockBackend openBackend() {
        String addresses = members.stream().map(EtcdServer::address).collect(Collectors.joining(","));
        return EtcdConnection.open(EtcdAddress.parse("etcd://" + addresses), Optional.empty());
    }

    @Override
    protected void loseFromStore(String name) {
        inspector.delete(EtcdKeys.prefix(name));
        inspector.delete(EtcdKeys.sharedPrefix(name));
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(EtcdLockContractTest.ownEtcd(3));
    }

    /** The least that etcd counts to. */
    @Override
    protected Duration shortTtl() {
        return Duration.ofSeconds(2);
    }
}
