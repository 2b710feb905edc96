package io.coordkit.lock.redlock;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
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
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.redisson.api.RedissonClient;

/** How they are opened, and what is refused then. */
class RedlockLocksTest {
    private static final RedlockOptions OPTIONS = new RedlockOptions(ofSeconds(20), ofSeconds(5));
    private static final Duration PATIENCE = ofSeconds(20);

    private static TestNodes nodes;

    @BeforeAll
    static void start() {
        nodes = TestNodes.startReady(3, OPTIONS);
    }

    @AfterAll
    static void stop() {
        nodes.close();
    }

    private static LockClient connect(List<String> uris) {
        return connect(uris, OPTIONS, ofSeconds(10));
    }

    private static LockClient connect(List<String> uris, RedlockOptions options, Duration ttl) {
        return RedlockLocks.connect(uris, options, LockOptions.DEFAULTS.withTtl(ttl), CoordObserver.NONE);
    }

    @Test
    void theCallersRedissonsAreUsedAndLeftOpen() throws Exception {
        List<RedissonClient> clients = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            clients.add(TestNodes.client(nodes.server(i)));
        }
        try (LockClient locks = RedlockLocks.using(
                        clients, OPTIONS, LockOptions.DEFAULTS.withTtl(ofSeconds(10)), CoordObserver.NONE);
                LockClient others = connect(nodes.uris());
                Hold hold = locks.mutex("mine").acquire(PATIENCE)) {
            assertThat(others.mutex("mine").tryAcquire()).isEmpty();
            hold.check();
        }
        for (RedissonClient client : clients) {
            assertThat(client.isShutdown()).isFalse();
            assertThat(client.getKeys().count()).isPositive();
            client.shutdown();
        }
    }

    @Test
    void theFacadeOpensThemByUri() throws Exception {
        Properties properties = new Properties();
        properties.setProperty("coordkit.locks.uri", nodes.uri());
        properties.setProperty("coordkit.locks.ttl", "PT10S");
        properties.setProperty("coordkit.locks.max-ttl", "PT20S");
        properties.setProperty("coordkit.locks.node-timeout", "PT5S");
        properties.setProperty("coordkit.locks.require", "fenced, survives_node_loss");
        try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(properties));
                Hold hold = kit.locks().mutex("a").acquire(PATIENCE)) {
            assertThat(hold.remaining()).isBetween(ofSeconds(1), ofSeconds(10));
            assertThat(kit.locks().guarantees().has(LockGuarantee.FAIR)).isFalse();
            assertThat(kit.locks().guarantees().promised())
                    .hasEntrySatisfying(
                            LockGuarantee.FENCED_AFTER_DATA_LOSS,
                            assumption -> assertThat(assumption).contains("clocks"));
        }
        properties.setProperty("coordkit.locks.ttl", "PT30S");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(properties)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("PT30S")
                .hasMessageContaining("max TTL");
        properties.setProperty("coordkit.locks.max-ttl", "PT0.05S");
        assertThatThrownBy(() -> Coordkit.open(CoordkitConfig.fromProperties(properties)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("PT0.05S");
    }

    @Test
    void tooFewOrEvenNodesAreRefused() {
        for (int count : List.of(0, 1, 2, 4)) {
            List<String> uris = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                uris.add("redis://127.0.0.1:" + (1000 + i));
            }
            assertThatThrownBy(() -> connect(uris))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("was given " + count);
        }
    }

    @Test
    void oneServerIsNotTwoNodes() {
        List<String> uris = new ArrayList<>(nodes.uris());
        uris.set(2, uris.get(0));
        assertThatThrownBy(() -> connect(uris))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(uris.get(0) + " is named twice");
        uris.set(2, uris.get(0).replace("127.0.0.1", "localhost"));
        assertThatThrownBy(() -> connect(uris))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("are the same server")
                .hasMessageContaining(uris.get(2));
    }

    @Test
    void aTtlMustFitTheMaxTtlAndTheNodeTimeout() {
        assertThatThrownBy(() -> connect(nodes.uris(), OPTIONS, ofSeconds(21)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("PT21S");
        assertThatThrownBy(() -> connect(nodes.uris(), OPTIONS, ofMillis(9900)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("PT9.9S")
                .hasMessageContaining("PT5S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withNodeTimeout(ofSeconds(6)))
                .withMessageContaining("PT6S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withMaxTtl(Duration.ofDays(2)))
                .withMessageContaining("PT48H");
    }

    @Test
    void clientsThatDisagreeAreRefused() {
        assertThatThrownBy(() -> connect(nodes.uris(), OPTIONS.withMaxTtl(ofSeconds(40)), ofSeconds(10)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("PT20S")
                .hasMessageContaining("PT40S")
                .hasMessageContaining("ckr:node");
        try (TestNodes more = TestNodes.start(2, OPTIONS)) {
            List<String> five = new ArrayList<>(nodes.uris());
            five.addAll(more.uris());
            assertThatThrownBy(() -> connect(five))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("3 nodes")
                    .hasMessageContaining("5 nodes");
        }
    }

    @Test
    void aNodeThatMayForgetVotesIsRefused() {
        try (RedisServer evicting = RedisServer.start("--maxmemory", "64mb", "--maxmemory-policy", "volatile-lru");
                RedisServer replica = RedisServer.start(
                        "--replicaof",
                        "127.0.0.1",
                        Integer.toString(nodes.server(0).port()))) {
            List<String> uris = new ArrayList<>(nodes.uris());
            uris.set(1, evicting.uri());
            assertThatThrownBy(() -> connect(uris))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(evicting.uri())
                    .hasMessageContaining("volatile-lru");
            uris.set(1, replica.uri());
            assertThatThrownBy(() -> connect(uris))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(replica.uri())
                    .hasMessageContaining("slave");
        }
    }

    @Test
    void aWrongPasswordIsNamedAndNotShown() {
        try (TestNodes guarded = TestNodes.start(3, OPTIONS)) {
            for (int i = 0; i < 3; i++) {
                guarded.server(i).command("CONFIG", "SET", "requirepass", "right");
            }
            List<String> wrong = guarded.uris().stream()
                    .map(uri -> uri.replace("redis://", "redis://:secret@"))
                    .toList();
            assertThatThrownBy(() -> connect(wrong))
                    .isInstanceOf(BackendUnreachableException.class)
                    .hasMessageContaining("WRONGPASS")
                    .hasMessageContaining(guarded.uris().get(2))
                    .hasMessageNotContaining("secret")
                    .satisfies(refusal -> System.out.println("Wrong password: " + refusal.getMessage()));
            connect(guarded.uris().stream()
                            .map(uri -> uri.replace("redis://", "redis://:right@"))
                            .toList())
                    .close();
        }
    }

    @Test
    void aMinorityMayBeAwayAtTheStartAndJoinsLater() throws Exception {
        try (TestNodes three = TestNodes.startReady(3, OPTIONS)) {
            three.server(1).kill9();
            try (LockClient locks = connect(three.uris());
                    Hold hold = locks.mutex("a").acquire(PATIENCE)) {
                three.server(1).restart();
                three.declareReady(1);
                TestNodes.await("the vote of the late node", PATIENCE, () -> three.voteOf(1, "a") != null);
                hold.check();
            }
        }
    }

    @Test
    void withoutAMajorityTheNodesThatAreAwayAreNamed() {
        try (TestNodes three = TestNodes.start(3, OPTIONS)) {
            three.kill(0);
            three.kill(2);
            assertThatThrownBy(() -> connect(three.uris()))
                    .isInstanceOf(BackendUnreachableException.class)
                    .hasMessageContaining("2 of 3 nodes")
                    .hasMessageContaining(three.uris().get(0))
                    .hasMessageContaining(three.uris().get(2))
                    .hasMessageNotContaining(three.uris().get(1));
        }
    }
}
