package io.coordkit.lock.etcd;

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
import io.etcd.jetcd.Auth;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One etcd that speaks TLS only and wants a password. */
class EtcdSecurityTest {
    private static final Duration PATIENCE = ofSeconds(20);
    private static final String PASSWORD = "p@ss:w/ord";
    private static final String ESCAPED = "p%40ss%3Aw%2Ford";

    @TempDir
    static Path directory;

    private static Path ca;
    private static Path otherCa;
    private static EtcdServer server;

    @BeforeAll
    static void start() throws Exception {
        X509Bundle authority = authority("CN=Ours");
        X509Bundle leaf = new CertificateBuilder()
                .subject("CN=etcd")
                .addSanIpAddress("127.0.0.1")
                .buildIssuedBy(authority);
        ca = write("ca.pem", authority.getCertificatePEM());
        otherCa = write("other.pem", authority("CN=Not ours").getCertificatePEM());
        server = EtcdServer.start(
                "--cert-file", write("cert.pem", leaf.getCertificatePathPEM()).toString(),
                "--key-file", write("key.pem", leaf.getPrivateKeyPEM()).toString());
        try (Client admin = Client.builder()
                .endpoints("https://" + server.address())
                .sslContext(tls -> tls.trustManager(ca.toFile()))
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

    private static X509Bundle authority(String subject) throws Exception {
        return new CertificateBuilder()
                .subject(subject)
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
    }

    private static Path write(String name, String pem) throws Exception {
        return Files.writeString(directory.resolve(name), pem);
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
        try (LockClient locks = open("root:" + ESCAPED, ca);
                LockClient others = open("root:" + ESCAPED, ca);
                Hold hold = locks.mutex("a").acquire(PATIENCE)) {
            assertThat(others.mutex("a").tryAcquire(ofSeconds(5))).isEmpty();
            hold.check();
        }
    }

    @Test
    void whatIsWrongIsSaidInOneLine() {
        assertRefused(() -> open("root:wrong", ca), "authentication failed, invalid user ID or password");
        assertRefused(() -> open("root:" + ESCAPED, otherCa), "unable to find valid certification path");
        assertRefused(
                () -> EtcdLocks.connect("etcds://" + server.address()), "unable to find valid certification path");
        assertRefused(() -> EtcdLocks.connect("etcd://" + server.address()), server.address());
        assertThatThrownBy(() -> open("root:" + ESCAPED, directory.resolve("none.pem")))
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
