package io.coordkit.txn.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.observe.CoordEvent;
import io.coordkit.testkit.TooLate;
import io.coordkit.txn.Outcome;
import io.coordkit.txn.Payload;
import io.coordkit.txn.Tcc;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.core.SqlTxnLog;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import io.coordkit.txn.tcc.TccCoordinator;
import io.grpc.Status;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;

class AccessTest {
    private static final String OLD = "the-old-secret-of-all";
    private static final String NEW = "the-new-secret-of-all";
    private static final TxnOrigin ORIGIN =
            new TxnOrigin("orders", "coordinator/1", 1, Instant.ofEpochMilli(1_800_000_000_000L));

    private final AtomicInteger reached = new AtomicInteger();

    private Loopback participants(Access access) {
        BranchEndpoint stock = call -> {
            reached.incrementAndGet();
            return CompletableFuture.completedStage(new BranchReply.Done());
        };
        return new Loopback(GrpcParticipants.service(Map.of("stock", stock), access));
    }

    private static BranchReply call(BranchEndpoint endpoint) throws Exception {
        return endpoint.call(
                        new BranchCall("gid", "1", "stock", Operation.CONFIRM, 1, ORIGIN, Payload.of(new byte[0]), ""))
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    private static void assertTurnedAway(BranchEndpoint endpoint) {
        assertThatThrownBy(() -> call(endpoint))
                .isInstanceOf(ExecutionException.class)
                .satisfies(e -> assertThat(Status.fromThrowable(e).getCode()).isEqualTo(Status.Code.UNAUTHENTICATED))
                .hasMessageContaining("give both sides the same secret")
                .hasMessageNotContaining(OLD)
                .hasMessageNotContaining(NEW);
    }

    @Test
    void onlyWhoKnowsTheSecretReachesAParticipant() throws Exception {
        try (Loopback server = participants(Access.secret(OLD))) {
            assertTurnedAway(GrpcParticipants.endpoint(server.channel(), Access.open()));
            assertTurnedAway(GrpcParticipants.endpoint(server.channel(), Access.secret(NEW)));
            assertTurnedAway(GrpcParticipants.endpoint(server.channel(), Access.secret(OLD + "x")));
            assertThat(reached.get()).as("nothing of it was looked at").isZero();
            assertThat(call(GrpcParticipants.endpoint(server.channel(), Access.secret(OLD))))
                    .isEqualTo(new BranchReply.Done());
        }
    }

    @Test
    void onlyWhoKnowsTheSecretIsToldOutcomes() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Access access = Access.secret(OLD);
        try (Loopback server = new Loopback(GrpcInquiries.service(
                Map.of("orders", inquiry -> {
                    asked.incrementAndGet();
                    return CompletableFuture.completedStage(new InquiryReply.Confirm(1));
                }),
                access))) {
            Inquiry inquiry = new Inquiry("gid", "1", ORIGIN);
            assertThatThrownBy(() -> GrpcInquiries.endpoint(server.channel(), Access.open())
                            .ask(inquiry)
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS))
                    .hasMessageContaining("UNAUTHENTICATED");
            assertThat(asked.get()).isZero();
            assertThat(GrpcInquiries.endpoint(server.channel(), access)
                            .ask(inquiry)
                            .toCompletableFuture()
                            .get(30, TimeUnit.SECONDS))
                    .isEqualTo(new InquiryReply.Confirm(1));
        }
    }

    @Test
    void whileASecretIsChanged_bothAreKnown() throws Exception {
        try (Loopback server = participants(Access.secret(OLD).orSecret(NEW))) {
            assertThat(call(GrpcParticipants.endpoint(server.channel(), Access.secret(OLD))))
                    .isEqualTo(new BranchReply.Done());
            assertThat(call(GrpcParticipants.endpoint(
                            server.channel(), Access.secret(NEW).orSecret(OLD))))
                    .isEqualTo(new BranchReply.Done());
        }
    }

    @Test
    void anEndpointByUri_sendsItsSetting() throws Exception {
        try (Loopback server = participants(Access.secret(OLD))) {
            URI uri = URI.create("grpc://" + server.channel().authority());
            Settings settings = new Settings("coordkit.tcc.endpoints.", Map.of("secret", OLD));
            try (BranchEndpoint endpoint = new GrpcEndpointProvider().open(uri, settings)) {
                assertThat(call(endpoint)).isEqualTo(new BranchReply.Done());
            }
            try (BranchEndpoint endpoint = new GrpcEndpointProvider().open(uri, Settings.NONE)) {
                assertTurnedAway(endpoint);
            }
        }
        Settings tooShort = new Settings("coordkit.tcc.endpoints.", Map.of("secret", "hush"));
        assertThatThrownBy(() -> new GrpcEndpointProvider().open(URI.create("grpc://127.0.0.1:1"), tooShort))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("coordkit.tcc.endpoints.secret must be 16 to 256 characters, was 4");
    }

    @Test
    void aSecretInAUri_isRefusedAndNotTold() {
        for (String bad : List.of("grpc://" + OLD + "@h:1", "grpc://h:1?secret=" + OLD, "grpc://h:1#" + OLD)) {
            assertThatThrownBy(() -> new GrpcEndpointProvider().open(URI.create(bad), Settings.NONE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("for h:1")
                    .hasMessageContaining("coordkit.tcc.endpoints.secret")
                    .hasMessageNotContaining(OLD);
        }
    }

    @Test
    void theServersLogSaysWhatToDo_andNoSecret() {
        PrintStream before = System.err;
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
        try (Loopback server = participants(Access.secret(OLD))) {
            assertTurnedAway(GrpcParticipants.endpoint(server.channel(), Access.secret(NEW)));
            assertTurnedAway(GrpcParticipants.endpoint(server.channel(), Access.secret(NEW)));
        } finally {
            System.setErr(before);
        }
        assertThat(log.toString(StandardCharsets.UTF_8))
                .contains("coordkit.txn.v1.Participant/Confirm from /127.0.0.1", "give both sides the same secret")
                .containsOnlyOnce("was turned away")
                .doesNotContain(OLD, NEW);
    }

    @Test
    void beingTurnedAwayIsNoNo_soTheTransactionCommitsOnceBothSidesKnowTheSecret() throws Exception {
        Queue<String> results = new ConcurrentLinkedQueue<>();
        JdbcConnectionPool logDatabase = StockServer.database();
        try (Loopback server = participants(Access.secret(OLD))) {
            BranchEndpoint wrong = GrpcParticipants.endpoint(server.channel(), Access.secret(NEW));
            BranchEndpoint right = GrpcParticipants.endpoint(server.channel(), Access.secret(OLD));
            try (Tcc tcc = TccCoordinator.builder()
                    .log(SqlTxnLog.using(logDatabase))
                    .participant("stock", call -> (call.attempt() < 3 ? wrong : right).call(call))
                    .retry(RetrySchedule.DEFAULTS.withWaits(Duration.ofMillis(10), Duration.ofMillis(50)))
                    .observer(event -> {
                        if (event instanceof CoordEvent.TxnBranchCalled called) {
                            results.add(called.operation() + " " + called.attempt() + " " + called.result());
                        }
                    })
                    .open()) {
                assertThat(tcc.begin("gid").timeout(Duration.ofSeconds(60)).run(tx -> tx.enlist("stock", new byte[0])))
                        .isInstanceOf(Outcome.Committed.class);
                long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
                while (!tcc.unfinished(1).isEmpty()) {
                    TooLate.check(end, "confirmed");
                    LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
                }
            }
        } finally {
            StockServer.drop(logDatabase);
        }
        String away = " no answer: UNAUTHENTICATED: another secret came with the call: give both sides the same secret,"
                + " or let the server accept both";
        assertThat(results)
                .as("as in the coordinator's log")
                .containsExactly(
                        "TRY 1" + away,
                        "TRY 2" + away,
                        "TRY 3 done",
                        "CONFIRM 1" + away,
                        "CONFIRM 2" + away,
                        "CONFIRM 3 done");
    }

    @Test
    void aSecretIsNotTold_andAWeakOneRefused() {
        assertThat(Access.secret(OLD).orSecret(NEW)).hasToString("Access[2 secrets]");
        assertThat(Access.open()).hasToString("Access[open]");
        assertThatThrownBy(() -> Access.secret("k\u0131sa ama t\u00fcrk\u00e7e bir s\u0131r"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("secret must be printable ASCII without spaces");
        assertThatThrownBy(() -> Access.open().orSecret(OLD)).isInstanceOf(IllegalStateException.class);
    }
}
