package io.coordkit.lock.etcd;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.EtcdServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three members, each of which in turn dies or falls silent, the leader among them. */
class EtcdClusterTest {
    private static final Duration TTL = ofSeconds(20);
    private static final Duration PATIENCE = ofSeconds(40);

    private List<EtcdServer> members;
    private LockClient client;
    private LockClient other;

    @BeforeEach
    void start() {
        members = EtcdServer.startCluster(3);
        client = connect();
        other = connect();
    }

    private LockClient connect() {
        String addresses = members.stream().map(EtcdServer::address).collect(Collectors.joining(","));
        return EtcdLocks.connect("etcd://" + addresses, LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE);
    }

    @AfterEach
    void stop() {
        client.close();
        other.close();
        members.forEach(EtcdServer::close);
    }

    @Test
    void aHoldOutlivesTheDeathOfEachMemberAndTokensRise() throws Exception {
        long before = 0;
        try (Hold held = client.mutex("held").acquire(PATIENCE)) {
            for (EtcdServer member : members) {
                member.kill9();
                for (int i = 0; i < 10; i++) {
                    try (Hold hold = (i % 2 == 0 ? client : other).mutex("sku").acquire(PATIENCE)) {
                        assertThat(hold.token()).isGreaterThan(before);
                        before = hold.token();
                    }
                }
                assertThat(other.mutex("held").tryAcquire(ofSeconds(1))).isEmpty();
                held.check();
                member.restart();
            }
        }
        other.mutex("held").acquire(PATIENCE).close();
    }

    @Test
    void aHoldOutlivesTheSilenceOfEachMember() throws Exception {
        try (Hold held = client.mutex("held").acquire(PATIENCE)) {
            for (EtcdServer member : members) {
                member.pause();
                client.mutex("sku").acquire(PATIENCE).close();
                other.mutex("sku").acquire(PATIENCE).close();
                held.check();
                member.resume();
            }
        }
    }

    @Test
    void withoutAQuorumItIsUnreachableAndWithOneAgainItWorks() throws Exception {
        members.get(0).kill9();
        members.get(1).kill9();
        Assertions.assertThatThrownBy(() -> client.mutex("sku").acquire(ofSeconds(2)))
                .isInstanceOf(LockUnreachableException.class);
        members.get(1).restart();
        client.mutex("sku").acquire(PATIENCE).close();
    }
}
