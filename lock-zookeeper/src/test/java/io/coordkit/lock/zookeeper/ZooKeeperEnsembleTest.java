package io.coordkit.lock.zookeeper;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three servers, of which one or two die. */
class ZooKeeperEnsembleTest {
    private static final Duration TTL = ofSeconds(15);
    private static final Duration PATIENCE = ofSeconds(60);

    private List<ZooKeeperServer> servers;
    private LockClient client;

    @BeforeEach
    void start() {
        servers = ZooKeeperServer.startEnsemble(3);
        client = ZooKeeperLocks.connect(
                "zk://" + ZooKeeperServer.addresses(servers), LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE);
    }

    @AfterEach
    void stop() {
        client.close();
        servers.forEach(ZooKeeperServer::close);
    }

    @Test
    void aHoldOutlivesTheLeaderAndTokensRise() throws Exception {
        try (LockClient other = ZooKeeperLocks.connect(
                "zk://" + ZooKeeperServer.addresses(servers), LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE)) {
            Hold held = client.mutex("sku").acquire(PATIENCE);
            leader().kill9();
            long token;
            try (Hold unrelated = client.mutex("other").acquire(PATIENCE)) {
                token = unrelated.token();
            }
            assertThat(token).isGreaterThan(held.token());
            held.check();
            held.close();
            try (Hold next = other.mutex("sku").acquire(PATIENCE)) {
                assertThat(next.token()).isGreaterThan(held.token());
            }
        }
    }

    @Test
    void aMinorityGrantsNothing() throws Exception {
        client.mutex("sku").acquire(PATIENCE).close();
        servers.get(0).kill9();
        servers.get(1).kill9();
        assertThatThrownBy(() -> client.mutex("sku").acquire(ofSeconds(5)))
                .isInstanceOf(LockUnreachableException.class);
        servers.get(0).restart();
        client.mutex("sku").acquire(PATIENCE).close();
    }

    private ZooKeeperServer leader() {
        return servers.stream().filter(ZooKeeperServer::isLeader).findFirst().orElseThrow();
    }
}
