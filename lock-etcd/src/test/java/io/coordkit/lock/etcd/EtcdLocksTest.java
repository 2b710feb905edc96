package io.coordkit.lock.etcd;

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
import io.coordkit.testkit.server.EtcdServer;
import io.coordkit.testkit.server.FreePort;
import io.etcd.jetcd.Client;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EtcdLocksTest {
    private static final Duration PATIENCE = ofSeconds(20);
    private static EtcdServer server;
    private static EtcdInspector inspector;

    @BeforeAll
    static void start() {
        server = EtcdServer.start();
        inspector = EtcdInspector.of(server);
    }

    @AfterAll
    static void stop() {
        inspector.close();
        server.close();
    }

    private static LockClient connect(Duration ttl) {
        return EtcdLocks.connect("etcd://" + server.address(), LockOptions.DEFAULTS.withTtl(ttl), CoordObserver.NONE);
    }

    @Test
    void theCallersClientIsUsedAndLeftOpen() throws Exception {
        Client client = Client.builder().endpoints("http://" + server.address()).build();
        try (LockClient locks = EtcdLocks.using(client)) {
            locks.mutex("mine").acquire(PATIENCE).close();
        }
        assertThat(client.getLeaseClient().grant(5).join().getID()).isNotZero();
        client.close();
    }

    @Test
    void keysAreLaidOutAsVersion1() throws Exception {
        try (LockClient locks = connect(ofSeconds(30));
                Hold hold = locks.mutex("sku/\u00e9").acquire(PATIENCE)) {
            var entries = inspector.entries("ck/l/6/sku/\u00e9/");
            assertThat(entries).hasSize(1);
            assertThat(inspector.keys("ck/l/6/sku/"))
                    .containsExactly(
                            "ck/l/6/sku/\u00e9/%016x.1".formatted(entries.get(0).getLease()));
            assertThat(entries.get(0).getValue().toString(StandardCharsets.UTF_8))
                    .as("the client")
                    .matches("[a-z0-9-]+[.][0-9]+[.][0-9a-f]{32}");
            assertThat(hold.token() >> 10).isEqualTo(entries.get(0).getCreateRevision());
        }
    }

    @Test
    void keysOfReadWriteLocksAreLaidOutAsVersion1() throws Exception {
        try (LockClient locks = connect(ofSeconds(30))) {
            try (Hold hold = locks.readWrite("sku/\u00e9").write().acquire(PATIENCE)) {
                var entries = inspector.entries("ck/s/6/sku/\u00e9/");
                assertThat(entries).hasSize(1);
                String own =
                        "ck/s/6/sku/\u00e9/w/%016x.1".formatted(entries.get(0).getLease());
                assertThat(entries.get(0).getKey().toString(StandardCharsets.UTF_8))
                        .isEqualTo(own);
                var grants = inspector.entries("ck/g/6/sku/\u00e9/grant");
                assertThat(grants).hasSize(1);
                assertThat(grants.get(0).getValue().toString(StandardCharsets.UTF_8))
                        .isEqualTo(own);
                assertThat(grants.get(0).getModRevision()).isEqualTo(hold.token() >> 10);
                assertThat(inspector.keys("ck/g/6/sku/\u00e9/entered")).hasSize(1);
            }
        }
        assertThat(inspector.keys("ck/g/")).as("left by the last who left").isEmpty();
    }

    @Test
    void nothingIsLeftOfAClosedClient() throws Exception {
        List<Long> leasesBefore = inspector.leases();
        assertThat(inspector.keys("ck/x/")).isEmpty();
        Set<String> threadsBefore = threads();
        try (LockClient locks = connect(ofSeconds(30));
                LockClient others = connect(ofSeconds(40))) {
            for (int i = 0; i < 200; i++) {
                try (Hold hold = locks.mutex("order:" + i).acquire(PATIENCE)) {
                    assertThat(others.mutex(hold.name()).tryAcquire()).isEmpty();
                }
            }
            assertThat(inspector.leases()).hasSizeLessThanOrEqualTo(leasesBefore.size() + 2);
        }
        assertThat(inspector.keys("ck/")).noneMatch(key -> key.contains("order:"));
        assertThat(inspector.leases()).containsExactlyInAnyOrderElementsOf(leasesBefore);
        // The network library keeps its own threads for a second, in case somebody connects again.
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!threadsBefore.containsAll(threads()) && System.nanoTime() - giveUp < 0) {
            TimeUnit.MILLISECONDS.sleep(100);
        }
        assertThat(threads()).isSubsetOf(threadsBefore);
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.matches("(coordkit-lock|jetcd|vert).*"))
                .collect(Collectors.toSet());
    }

    @Test
    void theFacadeOpensThemByUri() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("coordkit.locks.uri", "etcd://" + server.address());
        properties.setProperty("coordkit.locks.ttl", "PT5S");
        properties.setProperty("coordkit.locks.require", "fenced, survives_node_loss, fair");
        try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(properties));
                Hold hold = kit.locks().mutex("facade").acquire(PATIENCE)) {
            assertThat(hold.remaining()).isBetween(ofSeconds(1), ofSeconds(5));
            assertThat(kit.locks().guarantees().has(LockGuarantee.FENCED_AFTER_DATA_LOSS))
                    .isFalse();
        }
        properties.setProperty("coordkit.locks.require", "fenced_after_data_loss");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(properties)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("etcd")
                .hasMessageContaining("FENCED_AFTER_DATA_LOSS");
    }

    @Test
    void anEtcdThatIsNotThereIsNamed() {
        int nobody = FreePort.find();
        assertThatThrownBy(() -> EtcdLocks.connect("etcd://127.0.0.1:" + nobody))
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("127.0.0.1:" + nobody)
                .hasMessageContaining("refused");
    }
}
