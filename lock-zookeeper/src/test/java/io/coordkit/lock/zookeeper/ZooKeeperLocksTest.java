package io.coordkit.lock.zookeeper;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.FreePort;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ZooKeeperLocksTest {
    private static final Duration PATIENCE = ofSeconds(20);
    private static ZooKeeperServer server;
    private static CuratorFramework admin;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start();
        admin = Nodes.curator(server.address(), ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    @Test
    void theCallersCuratorIsUsedAndLeftOpenWithoutANode() throws Exception {
        LockClient locks = ZooKeeperLocks.using(admin);
        locks.mutex("mine").acquire(PATIENCE);
        assertThat(Nodes.queue(admin, "mine")).hasSize(1);
        locks.close();
        Nodes.await("the node is gone", () -> Nodes.queue(admin, "mine").isEmpty());
        assertThat(admin.getZookeeperClient().isConnected()).isTrue();
    }

    @Test
    void nodesAreLaidOutAsVersion1() throws Exception {
        try (LockClient locks = ZooKeeperLocks.connect(uri());
                Hold hold = locks.mutex("sku:47/11 \u00e9.%_-z").acquire(PATIENCE)) {
            String queue = "/coordkit/lock-v1/sku:47%2F11%20%C3%A9%2E%25_-z";
            String node = Nodes.children(admin, queue).get(0);
            assertThat(node).matches("[a-z0-9-]+[.][0-9]+[.][0-9a-f]{32}-1_0000000000");
            Stat stat = admin.checkExists().forPath(queue + "/" + node);
            assertThat(stat.getCzxid()).isEqualTo(hold.token() >> 10);
            assertThat(stat.getEphemeralOwner()).isNotZero();
            assertThat(stat.getDataLength()).isZero();
        }
    }

    @Test
    void nodesOfReadWriteLocksAreLaidOutAsVersion1() throws Exception {
        try (LockClient locks = ZooKeeperLocks.connect(uri());
                Hold hold = locks.readWrite("sku:4711").write().acquire(PATIENCE)) {
            String queue = "/coordkit/rw-v1/sku:4711";
            String node = Nodes.children(admin, queue).get(0);
            assertThat(node).matches("[a-z0-9-]+[.][0-9]+[.][0-9a-f]{32}-1-w_0000000000");
            assertThat(admin.checkExists().forPath(queue).getMzxid()).isEqualTo(hold.token() >> 10);
            assertThat(admin.getData().forPath(queue))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(node);
        }
    }

    @Test
    void deadLocksLeaveNoNodes() throws Exception {
        try (LockClient locks = ZooKeeperLocks.connect(uri() + "/a/chroot");
                LockClient others = ZooKeeperLocks.connect(uri() + "/a/chroot")) {
            for (int i = 0; i < 200; i++) {
                try (Hold hold = locks.mutex("order:" + i).acquire(PATIENCE)) {
                    assertThat(others.mutex(hold.name()).tryAcquire()).isEmpty();
                }
            }
            Nodes.await(
                    "the queues are gone",
                    () -> Nodes.children(admin, "/a/chroot/coordkit/lock-v1").isEmpty());
            locks.mutex("order:0").acquire(PATIENCE).close();
        }
    }

    @Test
    void attemptsAtAHeldLockLeaveOneWatchAndNoNode() throws Exception {
        try (LockClient locks = ZooKeeperLocks.connect(uri());
                LockClient others = ZooKeeperLocks.connect(uri());
                Hold held = locks.mutex("popular").acquire(PATIENCE)) {
            for (int i = 0; i < 300; i++) {
                assertThat(others.mutex(held.name()).tryAcquire()).isEmpty();
            }
            Nodes.await(
                    "the attempts have left",
                    () -> Nodes.queue(admin, held.name()).size() == 1);
            assertThat(server.command("wchs")).containsPattern("(?m)^Total watches:1$");
        }
    }

    @Test
    void eachWaiterIsWokenByTheOneBeforeIt() throws Exception {
        try (LockClient first = ZooKeeperLocks.connect(uri());
                LockClient second = ZooKeeperLocks.connect(uri());
                LockClient third = ZooKeeperLocks.connect(uri())) {
            Hold held = first.mutex("line").acquire(PATIENCE);
            CompletableFuture<Hold> next = second.mutex("line").acquireAsync(PATIENCE);
            Nodes.await("the second waits", () -> Nodes.queue(admin, "line").size() == 2);
            CompletableFuture<Hold> last = third.mutex("line").acquireAsync(PATIENCE);
            Nodes.await("the third waits", () -> Nodes.queue(admin, "line").size() == 3);
            held.close();
            Hold now = next.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(now.token()).isGreaterThan(held.token());
            assertThat(last).isNotDone();
            now.close();
            Hold then = last.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            assertThat(then.token()).isGreaterThan(now.token());
            then.close();
        }
    }

    @Test
    void theFacadeOpensThemByUri() throws Exception {
        Properties properties = new Properties();
        properties.setProperty(
                "coordkit.locks.uri", uri() + ",127.0.0.1:" + server.address().split(":", 2)[1]);
        properties.setProperty("coordkit.locks.ttl", "PT5S");
        properties.setProperty("coordkit.locks.require", "fenced, survives_node_loss");
        try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(properties));
                Hold hold = kit.locks().mutex("a").acquire(PATIENCE)) {
            // Two thirds of the session, which is as long as the TTL.
            assertThat(hold.remaining()).isBetween(ofMillis(500), ofMillis(3_334));
            assertThat(kit.locks().guarantees().has(LockGuarantee.FAIR)).isTrue();
        }
        properties.setProperty("coordkit.locks.require", "fenced_after_data_loss");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(properties)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("zookeeper")
                .hasMessageContaining("FENCED_AFTER_DATA_LOSS");
    }

    @Test
    void aTtlThatTheServersCannotCarryIsRefused() {
        try (ZooKeeperServer strict = ZooKeeperServer.start("maxSessionTimeout=2000")) {
            String uri = "zk://" + strict.address();
            ZooKeeperLocks.connect(uri, LockOptions.DEFAULTS.withTtl(ofMillis(2_600)), CoordObserver.NONE)
                    .close();
            assertThatThrownBy(() ->
                            ZooKeeperLocks.connect(uri, LockOptions.DEFAULTS.withTtl(ofSeconds(3)), CoordObserver.NONE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("PT2S")
                    .hasMessageContaining("PT3S")
                    .hasMessageContaining("maxSessionTimeout");
        }
    }

    @Test
    void aZooKeeperThatIsNotThereIsNamed() {
        int nobody = FreePort.find();
        assertThatThrownBy(() -> ZooKeeperLocks.connect("zk://127.0.0.1:" + nobody))
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("127.0.0.1:" + nobody);
        for (String wrong : new String[] {
            "zk://",
            "zk:///a",
            "zk://a:1,",
            "zk://,a:1",
            "zk://a:1,,b:2",
            "zoo://a:1",
            "zk://user:secret@a:1,,b:2",
            "zk://user:my secret@a",
            "zk://user@a",
            "zk://:secret@a"
        }) {
            assertThatThrownBy(() -> ZooKeeperLocks.connect(wrong))
                    .isInstanceOf(ConfigurationException.class)
                    .satisfies(refusal ->
                            assertThat(refusal.toString() + refusal.getCause()).doesNotContain("secret"));
        }
    }

    @Test
    void anUnstartedCuratorIsRefused() {
        CuratorFramework closed = Nodes.curator(server.address(), ofSeconds(60));
        closed.close();
        assertThatThrownBy(() -> ZooKeeperLocks.using(closed))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("STOPPED");
    }

    private static String uri() {
        return "zk://" + server.address();
    }
}
