package io.coordkit.txn.twophase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.TwoPhase;
import io.coordkit.txn.TxnException;
import io.coordkit.txn.TxnStatus;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.CoordinatorLease;
import io.coordkit.txn.spi.Decision;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnProposal;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import javax.sql.XAConnection;
import javax.sql.XADataSource;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Databases that are silent, or fail at the start, hold up nothing but what is theirs. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SilentServerTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final TxnLog log = SqlTxnLog.using(database());

    private static JdbcDataSource database() {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0");
        return source;
    }

    /** What is done before a call is passed on. */
    @FunctionalInterface
    private interface Hook {
        void before(Method method) throws Exception;
    }

    private static Object hooked(Class<?> type, Object target, Hook hook) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            hook.before(method);
            try {
                Object answer = method.invoke(target, arguments);
                Class<?> kind = method.getReturnType(); // H2's connection is its own resource
                return kind == XAConnection.class || kind == XAResource.class ? hooked(kind, answer, hook) : answer;
            } catch (InvocationTargetException e) {
                throw e.getCause() == null ? e : e.getCause();
            }
        });
    }

    private static XADataSource hooked(Hook hook) {
        return (XADataSource) hooked(XADataSource.class, database(), hook);
    }

    private static Outcome<String> write(TwoPhase coordinator, String gid) throws InterruptedException {
        return coordinator.begin(gid).run(tx -> {
            try (Statement statement = tx.connection("shop").createStatement()) {
                statement.execute("INSERT INTO coordkit_xa_resource VALUES ('" + gid + "', 'x')");
            }
            return gid;
        });
    }

    @Test
    void aCommitThatIsNotAnswered_takesOneThread_howeverOftenItIsRepeated() throws Exception {
        CountDownLatch silence = new CountDownLatch(1);
        AtomicInteger commits = new AtomicInteger();
        XADataSource source = hooked(method -> {
            if (method.getName().equals("commit") && commits.getAndIncrement() == 0) {
                silence.await();
            }
        });
        try (TwoPhase coordinator = TwoPhaseCoordinator.builder()
                .log(log)
                .name("first")
                .callTimeout(Duration.ofMillis(100))
                .database(XaDatabase.of("shop", source).withMaxConnections(4))
                .open()) {
            assertThat(write(coordinator, "silent")).isInstanceOf(Outcome.Committed.class);
            LockSupport.parkNanos(Duration.ofSeconds(3).toNanos());
            for (int i = 0; i < 5; i++) {
                assertThat(write(coordinator, "other-" + i)).isInstanceOf(Outcome.Committed.class);
                assertThat(coordinator
                                .outcome("other-" + i)
                                .orElseThrow()
                                .state()
                                .isCommit())
                        .isTrue();
            }
            awaitUnfinished(coordinator, "silent");
            silence.countDown();
            awaitUnfinished(coordinator);
        } finally {
            silence.countDown();
        }
    }

    private static void awaitUnfinished(TwoPhase coordinator, String... gids) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!coordinator.unfinished(10).stream().map(TxnStatus::gid).toList().equals(List.of(gids))) {
            TooLate.check(end, "unfinished %s", coordinator.unfinished(10));
            LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
        }
    }

    @Test
    void aRollbackInAnswerToACommit_needsAttention() throws Exception {
        XADataSource source = hooked(method -> {
            if (method.getName().equals("commit")) {
                throw new XAException(XAException.XA_RBROLLBACK);
            }
        });
        try (TwoPhase coordinator = TwoPhaseCoordinator.builder()
                .log(log)
                .name("first")
                .database(XaDatabase.of("shop", source))
                .open()) {
            assertThat(write(coordinator, "undone")).isInstanceOf(Outcome.Committed.class);
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (coordinator.admin().needingAttention(10).isEmpty()) {
                TooLate.check(end, "it needs attention");
                LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
            }
            assertThat(coordinator.admin().needingAttention(10).get(0).note()).contains("HEURISTIC", "shop");
        }
    }

    @Test
    void aDriversUncheckedException_isNoAnswer() {
        AtomicBoolean broken = new AtomicBoolean();
        for (String call : List.of("getXAConnection", "getConnection")) {
            XADataSource source = hooked(method -> {
                if (method.getName().equals(call) && broken.get()) {
                    throw new IllegalStateException(new SQLException("closed while it was read"));
                }
            });
            OpenDatabase database = OpenDatabase.open(XaDatabase.of("shop", source), "default");
            broken.set(true);
            assertThatThrownBy(database::inDoubt)
                    .isInstanceOf(TxnException.class)
                    .hasMessageContaining("'shop'")
                    .hasMessageContaining("closed while it was read");
            broken.set(false);
            assertThat(database.inDoubt()).isEmpty();
            database.close();
        }
    }

    @Test
    void aStartThatFails_leavesNoCoordinatorBehind() {
        AtomicInteger connections = new AtomicInteger();
        XADataSource source = hooked(method -> {
            if (method.getName().equals("getXAConnection") && connections.incrementAndGet() == 2) {
                throw new SQLException("no more");
            }
        });
        Duration lease = Duration.ofMillis(300);
        AtomicReference<String> coordinator = new AtomicReference<>("nobody/1");
        TxnLog watched = (TxnLog) Proxy.newProxyInstance(
                TxnLog.class.getClassLoader(), new Class<?>[] {TxnLog.class}, (proxy, method, arguments) -> {
                    Object answer = method.invoke(log, arguments);
                    if (answer instanceof CoordinatorLease joined) {
                        coordinator.set(joined.coordinator());
                    }
                    return answer;
                });
        assertThatThrownBy(() -> TwoPhaseCoordinator.builder()
                        .log(watched)
                        .name("first")
                        .lease(lease)
                        .database(XaDatabase.of("shop", source))
                        .onePhase()
                        .open()
                        .close())
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("no more");
        LockSupport.parkNanos(lease.multipliedBy(5).toNanos());
        TxnProposal abort = new TxnProposal(
                "gid",
                Decision.abort("asked for"),
                log.now().plusSeconds(60),
                Objects.requireNonNull(coordinator.get()),
                List.of());
        assertThat(log.resolve(abort)).as("its lease is over").isPresent();
    }
}
