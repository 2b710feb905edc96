package io.coordkit.lock.etcd;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.Client;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Requests that reach etcd after whoever sent them has given up. */
class EtcdLatePutTest {
    private static final Duration TTL = ofSeconds(3);
    private static final Duration PATIENCE = ofSeconds(20);

    @Test
    void aPutThatArrivesAfterItsWaiterLeftHoldsNothing() throws Exception {
        HeldCalls network = new HeldCalls();
        try (EtcdServer server = EtcdServer.start();
                EtcdInspector inspector = EtcdInspector.of(server);
                Client jetcd = Client.builder()
                        .endpoints("http://" + server.address())
                        .interceptor(network)
                        .build()) {
            try (LockClient locks = EtcdLocks.using(jetcd, LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE);
                    LockClient others = EtcdLocks.connect("etcd://" + server.address())) {
                Hold keepsTheLeaseAlive = locks.mutex("other").acquire(PATIENCE);
                network.hold();
                assertThatThrownBy(() -> locks.mutex("sku").tryAcquire()).isInstanceOf(LockUnreachableException.class);
                assertThat(network.count()).as("attempts on their way").isPositive();
                network.pass();
                others.mutex("sku").acquire(PATIENCE).close();
                assertThat(locks.mutex("sku").tryAcquire(PATIENCE))
                        .as("the first has left by now, acknowledged")
                        .hasValueSatisfying(Hold::close);

                network.deliver();
                assertThat(inspector.keys(EtcdKeys.prefix("sku"))).isEmpty();
                keepsTheLeaseAlive.check();
                assertThat(others.mutex("sku").tryAcquire()).hasValueSatisfying(Hold::close);
                assertThat(inspector.keys("ck/x/")).hasSize(1);

                keepsTheLeaseAlive.close();
            }
            assertThat(inspector.keys("ck/")).isEmpty();
            assertThat(inspector.leases()).isEmpty();
        }
    }
}
