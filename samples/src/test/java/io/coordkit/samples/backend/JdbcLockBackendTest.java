package io.coordkit.samples.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.LockRuntime;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.lock.Locks;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.CoordkitServers;
import io.coordkit.testkit.server.MariaDbServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the contract cannot look at: duplicates, the table itself, and a database that hangs. */
@CoordkitServers
class JdbcLockBackendTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration TTL = Duration.ofSeconds(1);
    private static final Duration LONGER_THAN_A_PAUSE = Duration.ofSeconds(5);

    private static String h2() {
        return "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0";
    }

    private static LockBackend open(String url) {
        return new JdbcLockProvider().open(URI.create(url), Settings.NONE);
    }

    private static <T> T answer(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test
    void aDuplicateThatComesAfterTheRelease_blocksForOneTtlAtMost(MariaDbServer server) throws Exception {
        try (LockBackend backend = open(server.createDatabase("duplicates"))) {
            Candidacy gone = backend.stand("a", LONGER_THAN_A_PAUSE, () -> {});
            long grant = ((Answer.Granted) answer(gone.request())).grant();
            answer(gone.abandon());
            answer(gone.request());
            CountDownLatch woken = new CountDownLatch(1);
            Candidacy next = backend.stand("a", LONGER_THAN_A_PAUSE, woken::countDown);
            Answer.Pending pending = (Answer.Pending) answer(next.request());
            assertThat(pending.retryAfter()).isLessThanOrEqualTo(LONGER_THAN_A_PAUSE);
            assertThat(woken.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            assertThat(((Answer.Granted) answer(next.request())).grant()).isGreaterThan(grant + 1);
            answer(gone.abandon());
            assertThat(answer(next.request()))
                    .as("after somebody else's release")
                    .isInstanceOf(Answer.Granted.class);
        }
    }

    @Test
    void tokensRise_throughReleasesAndTheLossOfTheTable(MariaDbServer server) throws Exception {
        for (String url : new String[] {h2(), server.createDatabase("tokens")}) {
            try (LockClient locks = Locks.open(url)) {
                long last = 0;
                for (int round = 0; round < 20; round++) {
                    try (Hold hold = locks.mutex("a").acquire(PATIENCE)) {
                        assertThat(hold.token()).isGreaterThan(last);
                        last = hold.token();
                    }
                    if (round % 5 == 4) {
                        Jdbi.create(url).useHandle(handle -> handle.execute("DELETE FROM coordkit_lock"));
                    }
                }
            }
        }
    }

    @Test
    @CoordkitServers(own = true)
    void aDatabaseThatHangs_isUnreachable_andAHoldIsLostAtItsDeadline(MariaDbServer server) throws Exception {
        LockBackend backend = open(server.createDatabase("hanging"));
        try (LockClient locks = Locks.on(
                backend,
                LockOptions.DEFAULTS.withTtl(Duration.ofSeconds(3)),
                LockRuntime.standard(CoordObserver.NONE))) {
            Hold held = locks.mutex("a").acquire(PATIENCE);
            CountDownLatch lost = new CountDownLatch(1);
            held.onLost(lost::countDown);
            server.pause();
            assertThatThrownBy(locks.mutex("b")::tryAcquire).isInstanceOf(LockUnreachableException.class);
            assertThat(lost.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            server.resume();
            try (Hold next = locks.mutex("a").acquire(PATIENCE.multipliedBy(2))) {
                assertThat(next.token()).isGreaterThan(held.token());
            }
        }
    }

    @Test
    void whatCannotKeepThePromises_isRefusedWithItsPlace(@TempDir Path directory) {
        assertThatThrownBy(() -> open("jdbc:h2:file:" + directory.resolve("lossy")))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("WRITE_DELAY=0");
        assertThatThrownBy(() -> open("jdbc:mysql://127.0.0.1:1/app?user=root&password=secret"))
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("jdbc:mysql://127.0.0.1:1/app")
                .hasMessageNotContaining("secret");
    }

    @Test
    void aClosedBackend_saysSo() {
        LockBackend backend = open(h2());
        Candidacy candidacy = backend.stand("a", TTL, () -> {});
        backend.close();
        assertThatThrownBy(() -> answer(candidacy.request()))
                .hasCauseInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("are closed");
    }
}
