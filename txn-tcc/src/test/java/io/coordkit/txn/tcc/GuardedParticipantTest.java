package io.coordkit.txn.tcc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Payload;
import io.coordkit.txn.RefusedException;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.h2.jdbcx.JdbcConnectionPool;
import org.h2.jdbcx.JdbcDataSource;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GuardedParticipantTest {
    private static final TxnOrigin ORIGIN = new TxnOrigin("home", "coordinator/1", 1, Instant.EPOCH);

    private final JdbcConnectionPool pool = JdbcConnectionPool.create(
            "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;WRITE_DELAY=0", "sa", "");

    /** Says no to everything but a try. */
    private static final class Stubborn implements TccParticipant<String> {
        @Override
        public void onTry(Handle handle, BranchCall call, String payload) {}

        @Override
        public void onConfirm(Handle handle, BranchCall call, String payload) {
            throw new RefusedException("istemiyorum");
        }

        @Override
        public void onCancel(Handle handle, BranchCall call, String payload) {
            throw new RefusedException("istemiyorum");
        }
    }

    /** Is rolled back at the first run of every call, and stuck at the second run of one. */
    private static final class RolledBack implements TccParticipant<String> {
        private final SQLException said;
        private final Set<String> seen = ConcurrentHashMap.newKeySet();
        private final CountDownLatch stuck = new CountDownLatch(1);
        private final CompletableFuture<?> free = new CompletableFuture<>();

        RolledBack(SQLException said) {
            this.said = said;
        }

        @Override
        public void onTry(Handle handle, BranchCall call, String payload) throws SQLException {
            if (seen.add(call.gid())) {
                throw said;
            }
            if (call.gid().equals("stuck")) {
                stuck.countDown();
                free.join();
            }
        }

        @Override
        public void onConfirm(Handle handle, BranchCall call, String payload) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void onCancel(Handle handle, BranchCall call, String payload) {
            throw new UnsupportedOperationException();
        }
    }

    private GuardedParticipant guarded(TccParticipant<String> business) {
        return GuardedParticipant.on(pool, business, bytes -> "").asksNobody().open();
    }

    private static CompletableFuture<BranchReply> tried(BranchEndpoint participant, String gid) {
        return participant
                .call(new BranchCall(gid, "1", "p", Operation.TRY, 1, ORIGIN, Payload.of(new byte[0]), ""))
                .toCompletableFuture();
    }

    @Test
    void oneThatIsStuckInItsTurn_holdsUpNoOther() throws Exception {
        RolledBack business = new RolledBack(new SQLException("Deadlock found", "40001", 1213));
        try (GuardedParticipant participant = guarded(business)) {
            CompletableFuture<BranchReply> stuck = tried(participant, "stuck");
            try {
                assertThat(business.stuck.await(20, TimeUnit.SECONDS)).isTrue();
                assertThat(tried(participant, "another").get(20, TimeUnit.SECONDS))
                        .isEqualTo(new BranchReply.Done());
                assertThat(stuck).isNotDone();
            } finally {
                business.free.complete(null);
            }
            assertThat(stuck.get(20, TimeUnit.SECONDS)).isEqualTo(new BranchReply.Done());
        }
    }

    @Test
    void aDeadlockVictimThatH2TookForAnother_isContention() throws Exception {
        SQLException said = new SQLException(
                "General error: \"Transaction was illegally transitioned from CLOSED to ROLLING_BACK [2.4.240/103]\";"
                        + " SQL statement: UPDATE stock [50000-240]",
                "HY000",
                50000);
        try (GuardedParticipant participant = guarded(new RolledBack(said))) {
            assertThat(tried(participant, "gid").get(20, TimeUnit.SECONDS)).isEqualTo(new BranchReply.Done());
        }
        SQLException another = new SQLException("General error: \"File corrupted [2.4.240/6]\"", "HY000", 50000);
        try (GuardedParticipant participant = guarded(new RolledBack(another))) {
            assertThatThrownBy(() -> tried(participant, "another").get(20, TimeUnit.SECONDS))
                    .hasMessageContaining("failed at attempt 1");
        }
    }

    @AfterEach
    void dispose() {
        pool.dispose();
    }

    private static BranchReply call(BranchEndpoint participant, Operation operation) throws Exception {
        return participant
                .call(new BranchCall("gid", "1", "p", operation, 1, ORIGIN, Payload.of(new byte[0]), ""))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS);
    }

    @Test
    void secondPhaseHasNoNo_soItCountsAsAFailureAndLeavesTheReservation() throws Exception {
        BranchEndpoint participant = GuardedParticipant.on(pool, new Stubborn(), bytes -> "")
                .asksNobody()
                .open();
        assertThat(call(participant, Operation.TRY)).isEqualTo(new BranchReply.Done());
        assertThatThrownBy(() -> call(participant, Operation.CONFIRM)).hasMessageContaining("only a try");
        assertThatThrownBy(() -> call(participant, Operation.CANCEL)).hasMessageContaining("only a try");
        assertThat(call(participant, Operation.TRY)).as("still tried").isEqualTo(new BranchReply.Done());
        participant.close();
    }

    @Test
    void payloadThatCannotBeRead_isRefusedAtTheTry() throws Exception {
        BranchEndpoint participant = GuardedParticipant.on(pool, new Stubborn(), bytes -> {
                    throw new IOException("not a message");
                })
                .asksNobody()
                .open();
        assertThat(call(participant, Operation.TRY))
                .isInstanceOfSatisfying(
                        BranchReply.Refused.class,
                        refused -> assertThat(refused.reason()).contains("not a message"));
        assertThat(call(participant, Operation.CANCEL))
                .as("nothing to give back")
                .isEqualTo(new BranchReply.Done());
        participant.close();
    }

    @Test
    void closedParticipant_doesNotAnswer() {
        BranchEndpoint participant = GuardedParticipant.on(pool, new Stubborn(), bytes -> "")
                .asksNobody()
                .open();
        participant.close();
        participant.close();
        assertThatThrownBy(() -> call(participant, Operation.TRY)).hasMessageContaining("closed");
    }

    @Test
    void badDatabasesAndThreads_areRefused(@TempDir Path directory) {
        JdbcDataSource lazy = new JdbcDataSource();
        lazy.setURL("jdbc:h2:" + directory.resolve("lazy"));
        assertThatThrownBy(() -> GuardedParticipant.on(lazy, new Stubborn(), bytes -> "")
                        .asksNobody()
                        .open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("WRITE_DELAY=0");
        JdbcDataSource nowhere = new JdbcDataSource();
        nowhere.setURL("jdbc:h2:tcp://127.0.0.1:1/none");
        assertThatThrownBy(() -> GuardedParticipant.on(nowhere, new Stubborn(), bytes -> "")
                        .asksNobody()
                        .open())
                .isInstanceOf(BackendUnreachableException.class);
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        GuardedParticipant.on(pool, new Stubborn(), bytes -> "").threads(0))
                .withMessageContaining("0");
    }

    @Test
    void whomToAsk_mustBeSaid() {
        assertThatThrownBy(() ->
                        GuardedParticipant.on(pool, new Stubborn(), bytes -> "").open())
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("asksNobody");
        assertThatThrownBy(() -> GuardedParticipant.on(pool, new Stubborn(), bytes -> "")
                        .asks("home", inquiry -> new CompletableFuture<>())
                        .asks("home", inquiry -> new CompletableFuture<>()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("'home'");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        GuardedParticipant.on(pool, new Stubborn(), bytes -> "").reservationTtl(Duration.ZERO))
                .withMessageContaining("PT0S");
    }

    @Test
    void unknownHomeLog_leavesTheReservation_whichIsListed() throws Exception {
        try (GuardedParticipant participant = GuardedParticipant.on(pool, new Stubborn(), bytes -> "")
                .reservationTtl(Duration.ofMillis(10))
                .asks("another", inquiry -> new CompletableFuture<>())
                .open()) {
            call(participant, Operation.TRY);
            long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (participant.reservations(10).get(0).inquiries() < 2) {
                TooLate.check(end, "looked at twice");
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            assertThat(participant.reservations(10))
                    .extracting(Reservation::origin)
                    .containsExactly(ORIGIN);
        }
    }
}
