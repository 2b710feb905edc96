package io.coordkit.lock.zookeeper;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.FreePort;
import io.coordkit.testkit.server.Servers;
import io.coordkit.testkit.server.TestCertificates;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A ZooKeeper that speaks TLS and has nodes that belong to one user. */
class ZooKeeperSecurityTest {
    private static final Duration PATIENCE = ofSeconds(30);
    private static final String PASSWORD = "p@ss:w/ord";
    private static final String ESCAPED = "p%40ss%3Aw%2Ford";
    private static TestCertificates certificates;
    private static ZooKeeperServer server;
    private static String address;

    @BeforeAll
    static void start() {
        certificates = Servers.shared().certificates();
        int port = FreePort.find();
        address = "127.0.0.1:" + port;
        server = start(port, "ssl.clientAuth=none");
    }

    private static ZooKeeperServer start(int port, String clientAuth) {
        return ZooKeeperServer.start(
                "secureClientPort=" + port,
                "secureClientPortAddress=127.0.0.1",
                "serverCnxnFactory=org.apache.zookeeper.server.NettyServerCnxnFactory",
                clientAuth,
                "ssl.keyStore.location=" + certificates.serverKeyStore(),
                "ssl.keyStore.password=" + TestCertificates.PASSWORD,
                "ssl.trustStore.location=" + certificates.trustStore(),
                "ssl.trustStore.password=" + TestCertificates.PASSWORD);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void withTheRightOnesLocksAreTakenWaitedForAndReleased() throws Exception {
        try (LockClient mine = open("locks:" + ESCAPED, certificates.ca());
                LockClient other = open("locks:" + ESCAPED, certificates.ca())) {
            Hold held = mine.mutex("a").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = other.mutex("a").acquireAsync(PATIENCE);
            assertThat(other.mutex("a").tryAcquire(ofMillis(500))).isEmpty();
            held.close();
            waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
        }
    }

    @Test
    void aServerThatWantsACertificateSeesOne() throws Exception {
        int port = FreePort.find();
        try (ZooKeeperServer strict = start(port, "ssl.clientAuth=need");
                LockClient locks = open("zks://127.0.0.1:" + port, withCertificate(TestCertificates.PASSWORD))) {
            locks.mutex("a").acquire(PATIENCE).close();
            assertThat(strict.command("srvr")).contains("Node count");
            assertThatThrownBy(() -> open("zks://127.0.0.1:" + port, settings(certificates.ca())))
                    .isInstanceOf(BackendUnreachableException.class)
                    .hasMessageContaining("certificate");
        }
    }

    @Test
    void whatIsWrongIsSaidInOneLine() throws Exception {
        try (LockClient owner = open("locks:" + ESCAPED, certificates.ca());
                Hold hold = owner.mutex("b").acquire(PATIENCE)) {
            assertRefused(() -> open("locks:letmein", certificates.ca()), ConfigurationException.class, "password");
            hold.check();
        }
        assertRefused(
                () -> open("locks:" + ESCAPED, certificates.strangersCa()),
                BackendUnreachableException.class,
                "unable to find valid certification path");
        assertRefused(
                () -> ZooKeeperLocks.connect("zks://" + address),
                BackendUnreachableException.class,
                "unable to find valid certification path");
    }

    @Test
    void settingsThatCannotBeUsedAreNamed() {
        assertThatThrownBy(() -> open("locks:" + ESCAPED, Path.of("none.pem")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.pem");
        assertThatThrownBy(() -> open("zks://" + address, withCertificate("wrong")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("client.p12")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> open("zk://" + address, settings(certificates.ca())))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("zks");
    }

    private static LockClient open(String credentials, Path ca) {
        return open("zks://" + credentials + "@" + address, settings(ca));
    }

    private static LockClient open(String uri, Map<String, String> settings) {
        return Locks.open(uri, new Settings("", settings), CoordObserver.NONE);
    }

    private static Map<String, String> settings(Path ca) {
        return new HashMap<>(Map.of("ca", ca.toString()));
    }

    private static Map<String, String> withCertificate(String password) {
        Map<String, String> settings = settings(certificates.ca());
        settings.put("keystore", certificates.clientKeyStore().toString());
        settings.put("keystore-password", password);
        return settings;
    }

    private static void assertRefused(ThrowingCallable connect, Class<?> type, String reason) {
        long start = System.nanoTime();
        assertThatThrownBy(connect).isInstanceOf(type).satisfies(refusal -> {
            System.out.println(
                    "Security: " + refusal.getMessage() + " (" + (System.nanoTime() - start) / 1_000_000 + " ms)");
            assertThat(refusal.getMessage())
                    .contains(reason, address)
                    .doesNotContain("\n", PASSWORD, ESCAPED, "letmein");
        });
    }
}
