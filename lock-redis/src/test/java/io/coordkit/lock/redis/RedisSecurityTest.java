package io.coordkit.lock.redis;

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
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import io.coordkit.testkit.server.TestCertificates;
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

/** A Redis that speaks TLS, wants to see a certificate, and knows a user with just the rights that locks need. */
class RedisSecurityTest {
    private static final Duration PATIENCE = ofSeconds(20);
    private static final String PASSWORD = "p@ss:w/ord";
    private static final String ESCAPED = "p%40ss%3Aw%2Ford";
    private static TestCertificates certificates;
    private static RedisServer server;
    private static String address;

    @BeforeAll
    static void start() {
        certificates = Servers.shared().certificates();
        int port = FreePort.find();
        address = "127.0.0.1:" + port;
        server = RedisServer.start(
                "--tls-port", Integer.toString(port),
                "--tls-cert-file", certificates.serverCertificate().toString(),
                "--tls-key-file", certificates.serverKey().toString(),
                "--tls-ca-cert-file", certificates.ca().toString());
        server.command(
                "ACL",
                "SETUSER",
                "locks",
                "on",
                ">" + PASSWORD,
                "~ck:*",
                "&ck:*",
                "+@read",
                "+@write",
                "+@scripting",
                "+@pubsub",
                "+@connection",
                "+info",
                "+time");
        server.command("ACL", "SETUSER", "default", "off");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void withTheRightOnesLocksAreTakenWaitedForAndReleased() throws Exception {
        try (LockClient mine = open("locks:" + ESCAPED, certificates.ca(), true);
                LockClient other = open("locks:" + ESCAPED, certificates.ca(), true)) {
            Hold held = mine.mutex("a").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = other.mutex("a").acquireAsync(PATIENCE);
            assertThat(other.mutex("a").tryAcquire(ofMillis(500))).isEmpty();
            held.close();
            waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
        }
    }

    @Test
    void whatIsWrongIsSaidInOneLine() {
        assertRefused(() -> open("locks:wrong", certificates.ca(), true), "WRONGPASS");
        assertRefused(() -> open("nobody:wrong", certificates.ca(), true), "WRONGPASS");
        assertRefused(
                () -> open("locks:" + ESCAPED, certificates.strangersCa(), true),
                "unable to find valid certification path");
        assertRefused(
                () -> RedisLocks.connect("rediss://locks:" + ESCAPED + "@" + address),
                "unable to find valid certification path");
        assertRefused(() -> open("locks:" + ESCAPED, certificates.ca(), false), "");
        assertRefused(() -> RedisLocks.connect("redis://locks:" + ESCAPED + "@" + address), "");
    }

    @Test
    void settingsThatCannotBeUsedAreNamed() {
        assertThatThrownBy(() -> open("locks:" + ESCAPED, Path.of("none.pem"), false))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.pem");
        assertThatThrownBy(() -> open("locks:" + ESCAPED, certificates.serverKey(), false))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("server-key.pem");
        Map<String, String> wrong = settings(certificates.ca(), true);
        wrong.put("keystore-password", "wrong");
        assertThatThrownBy(() -> open("rediss://" + address, wrong))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("client.p12")
                .hasMessageNotContaining("wrong");
        assertThatThrownBy(() -> open("redis://" + address, settings(certificates.ca(), false)))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("rediss");
    }

    private static LockClient open(String credentials, Path ca, boolean certificate) {
        return open("rediss://" + credentials + "@" + address, settings(ca, certificate));
    }

    private static LockClient open(String uri, Map<String, String> settings) {
        return Locks.open(uri, new Settings("", settings), CoordObserver.NONE);
    }

    private static Map<String, String> settings(Path ca, boolean certificate) {
        Map<String, String> settings = new HashMap<>(Map.of("ca", ca.toString()));
        if (certificate) {
            settings.put("keystore", certificates.clientKeyStore().toString());
            settings.put("keystore-password", TestCertificates.PASSWORD);
        }
        return settings;
    }

    private static void assertRefused(ThrowingCallable connect, String reason) {
        long start = System.nanoTime();
        assertThatThrownBy(connect)
                .isInstanceOf(BackendUnreachableException.class)
                .satisfies(refusal -> {
                    System.out.println("Security: " + refusal.getMessage() + " ("
                            + (System.nanoTime() - start) / 1_000_000 + " ms)");
                    assertThat(refusal.getMessage())
                            .contains(reason, address)
                            .doesNotContain("\n", "channel", PASSWORD, ESCAPED, "wrong");
                });
    }
}
