package io.coordkit.testkit.lock;

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
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import io.coordkit.testkit.server.TestCertificates;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What locks on Redis must keep where all speak TLS, servers want to see a certificate, and a user has just the rights
 * that locks need: with the right ones they work, and what is wrong is said by one exception in one line.
 */
public abstract class RedisSecurityCases {
    /** The user and its password, as a URI has them. */
    protected static final String CREDENTIALS = "locks:p%40ss%3Aw%2Ford";

    private static final String PASSWORD = "p@ss:w/ord";
    private static final Duration PATIENCE = ofSeconds(60);

    /** What the servers must be started with. */
    protected static TestCertificates certificates() {
        return Servers.shared().certificates();
    }

    /**
     * Makes the user known to a server, or to a sentinel.
     *
     * @param rights as {@code ACL SETUSER} wants them, separated by blanks
     */
    protected static void admit(RedisServer server, String rights) {
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", "locks", "on", ">" + PASSWORD));
        command.addAll(List.of(rights.split(" ", -1)));
        server.command(command.toArray(String[]::new));
    }

    /**
     * A URI.
     *
     * @param tls whether its scheme is one with TLS
     * @param credentials as in {@link #CREDENTIALS}
     */
    protected abstract String uri(boolean tls, String credentials);

    /** What refusals must say, so that their reader knows which servers are meant. */
    protected abstract List<String> addresses();

    /** Further settings. */
    protected Map<String, String> settings() {
        return Map.of();
    }

    /** Opens a client by URI. */
    protected static LockClient open(String uri, Map<String, String> settings) {
        return Locks.open(uri, new Settings("", settings), CoordObserver.NONE);
    }

    /** All settings, for who trusts that authority and shows a certificate. */
    protected final Map<String, String> settings(Path ca) {
        Map<String, String> all = new HashMap<>(settings());
        all.put("ca", ca.toString());
        all.put("keystore", certificates().clientKeyStore().toString());
        all.put("keystore-password", TestCertificates.PASSWORD);
        return all;
    }

    /** Sees the client refused by a message with that reason, which shows no password. */
    protected final void assertRefused(ThrowingCallable connect, String reason) {
        long start = System.nanoTime();
        assertThatThrownBy(connect)
                .isInstanceOf(BackendUnreachableException.class)
                .satisfies(refusal -> {
                    System.out.println("Security: " + refusal.getMessage() + " ("
                            + (System.nanoTime() - start) / 1_000_000 + " ms)");
                    assertThat(refusal.getMessage())
                            .contains(reason)
                            .contains(addresses())
                            .doesNotContain("\n", "channel", PASSWORD, CREDENTIALS, "wrong");
                });
    }

    private LockClient open(String credentials, Path ca) {
        return open(uri(true, credentials), settings(ca));
    }

    @Test
    void withTheRightOnesLocksAreTakenWaitedForAndReleased() throws Exception {
        try (LockClient mine = open(CREDENTIALS, certificates().ca());
                LockClient other = open(CREDENTIALS, certificates().ca())) {
            Hold held = mine.mutex("a").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = other.mutex("a").acquireAsync(PATIENCE);
            assertThat(other.mutex("a").tryAcquire(ofMillis(500))).isEmpty();
            held.close();
            waiting.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).close();
        }
    }

    @Test
    void aWrongPasswordOrUserIsRefused() {
        assertRefused(() -> open("locks:wrong", certificates().ca()), "WRONGPASS");
        assertRefused(() -> open("nobody:wrong", certificates().ca()), "WRONGPASS");
    }

    @Test
    void aServerThatIsNotTrustedIsRefused() {
        assertRefused(() -> open(CREDENTIALS, certificates().strangersCa()), "unable to find valid certification path");
        assertRefused(() -> open(uri(true, CREDENTIALS), settings()), "unable to find valid certification path");
    }

    @Test
    void aClientThatShowsNoCertificateOrSpeaksNoTlsIsRefused() {
        Map<String, String> anonymous = new HashMap<>(settings());
        anonymous.put("ca", certificates().ca().toString());
        assertRefused(() -> open(uri(true, CREDENTIALS), anonymous), "");
        assertRefused(() -> open(uri(false, CREDENTIALS), settings()), "");
    }

    @Test
    void settingsThatCannotBeUsedAreNamed() {
        assertUnusable(true, Map.of("ca", "none.pem"), "none.pem");
        assertUnusable(true, Map.of("ca", certificates().serverKey().toString()), "server-key.pem");
        assertUnusable(true, Map.of("keystore-password", "wrong"), "client.p12");
        assertUnusable(false, Map.of(), "make the URI begin with red");
    }

    private void assertUnusable(boolean tls, Map<String, String> wrong, String named) {
        Map<String, String> all = settings(certificates().ca());
        all.putAll(wrong);
        assertThatThrownBy(() -> open(uri(tls, CREDENTIALS), all))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining(named)
                .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain(PASSWORD, CREDENTIALS, "wrong"));
    }
}
