package io.coordkit.lock.etcd;

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
import io.coordkit.testkit.server.EtcdServer;
import io.coordkit.testkit.server.Servers;
import io.coordkit.testkit.server.TestCertificates;
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One etcd that speaks TLS only and wants a password. */
class EtcdSecurityTest {
    private static final Duration PATIENCE = ofSeconds(20);
    private static final String PASSWORD = "p@ss:w/ord";
    private static final String ESCAPED = "p%40ss%3Aw%2Ford";

    private static TestCertificates certificates;
    private static EtcdServer server;

    @BeforeAll
    static void start() throws Exception {
        certificates = Servers.shared().certificates();
        server = EtcdServer.start(
                "--cert-file", certificates.serverCertificate().toString(),
                "--key-file", certificates.serverKey().toString());
        try (Client admin = Client.builder()
                .endpoints("https://" + server.address())
                .sslContext(tls -> tls.trustManager(certificates.ca().toFile()))
                .build()) {
            Auth auth = admin.getAuthClient();
            auth.userAdd(bytes("root"), bytes(PASSWORD)).join();
            auth.roleAdd(bytes("root")).join();
            auth.userGrantRole(bytes("root"), bytes("root")).join();
            auth.authEnable().join();
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static LockClient open(String credentials, Path trusted) {
        return Locks.open(
                "etcds://" + credentials + "@" + server.address(),
                new Settings("", Map.of("ca", trusted.toString(), "ttl", "PT2S")),
                CoordObserver.NONE);
    }

    @Test
    void withTheRightOnesLocksWorkAndAreRenewed() throws Exception {
        try (LockClient locks = open("root:" + ESCAPED, certificates.ca());
                LockClient others = open("root:" + ESCAPED, certificates.ca());
                Hold hold = locks.mutex("a").acquire(PATIENCE)) {
            assertThat(others.mutex("a").tryAcquire(ofSeconds(5))).isEmpty();
            hold.check();
            Hold busy = locks.mutex("b").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = others.mutex("b").acquireAsync(PATIENCE);
            assertThat(others.mutex("b").tryAcquire(ofMillis(500))).isEmpty();
            busy.close();
            waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
        }
    }

    @Test
    void whatIsWrongIsSaidInOneLine() {
        assertRefused(
                () -> open("root:wrong", certificates.ca()), "authentication failed, invalid user ID or password");
        assertRefused(
                () -> open("root:" + ESCAPED, certificates.strangersCa()), "unable to find valid certification path");
        assertRefused(
                () -> EtcdLocks.connect("etcds://" + server.address()), "unable to find valid certification path");
        assertRefused(() -> EtcdLocks.connect("etcd://" + server.address()), server.address());
        assertThatThrownBy(() -> open("root:" + ESCAPED, Path.of("none.pem")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.pem");
    }

    private static void assertRefused(ThrowingCallable connect, String message) {
        assertThatThrownBy(connect)
                .isInstanceOf(BackendUnreachableException.class)
                .satisfies(refusal -> {
                    System.out.println("Security: " + refusal.getMessage());
                    assertThat(refusal.getMessage())
                            .contains(message, server.address())
                            .doesNotContain("\n", PASSWORD, ESCAPED, "wrong");
                });
    }
}
