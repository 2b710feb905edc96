package io.coordkit.lock.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.LockThreadsContract;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ZooKeeperThreadsContractTest extends LockThreadsContract {
    @RegisterExtension
    static final BaseLine BASE_LINE = ZooKeeperResidue.baseLine(
            () -> List.of(ZooKeeperThreadsContractTest.server), () -> ZooKeeperThreadsContractTest.admin);

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
    protected LockBackend openBackend() {
        return ZooKeeperConnection.open(
                ZooKeeperAddress.parse("zk://" + server.address()), LockOptions.DEFAULTS.ttl(), Settings.NONE);
    }

    @Test
    void L38_aClientThatIsNotClosedIsSeen() throws Exception {
        try (LockClient client = ZooKeeperLocks.connect("zk://" + server.address());
                Hold hold = client.mutex("seen").acquire(patience())) {
            assertThat(hold.isHeld()).isTrue();
            assertThat(BASE_LINE.left()).containsOnlyKeys("threads", "connections", "sessions", "nodes");
        }
    }
}
