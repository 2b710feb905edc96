package io.coordkit.txn.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.config.Settings;
import io.coordkit.txn.Payload;
import io.coordkit.txn.grpc.v1.BranchAck;
import io.coordkit.txn.grpc.v1.BranchRequest;
import io.coordkit.txn.grpc.v1.ParticipantGrpc;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.coordkit.txn.spi.Operation;
import io.coordkit.txn.spi.TxnOrigin;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes over the wire, and what comes back. The names and numbers here are an interface: they do not change. */
class GrpcWireTest {
    private static final Map<String, String> HEADERS = Map.of(
            "coordkit-format", "2",
            "coordkit-gid", "Order-1",
            "coordkit-branch", "2",
            "coordkit-attempt", "4",
            "coordkit-home", "orders",
            "coordkit-coordinator", "order/7",
            "coordkit-epoch", "3",
            "coordkit-deadline", "1763700000123");
    private static final TxnOrigin ORIGIN = new TxnOrigin("orders", "order/7", 3, Instant.ofEpochMilli(1763700000123L));

    private final BlockingQueue<BranchCall> received = new LinkedBlockingQueue<>();

    private static BranchCall call(Operation operation) {
        return new BranchCall(
                "Order-1", "2", "stock", operation, 4, ORIGIN, Payload.of(new byte[] {0, -1}), "gerek\u00e7e");
    }

    private static BranchReply answer(CompletionStage<BranchReply> reply) throws Exception {
        return reply.toCompletableFuture().get(20, TimeUnit.SECONDS);
    }

    private BranchEndpoint recording(CompletionStage<BranchReply> reply) {
        return call -> {
            received.add(call);
            return reply;
        };
    }

    private static CompletionStage<BranchReply> done() {
        return CompletableFuture.completedStage(new BranchReply.Done());
    }

    private static Metadata metadata(Map<String, String> entries) {
        Metadata metadata = new Metadata();
        entries.forEach((key, value) -> metadata.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), value));
        return metadata;
    }

    @Test
    void everyPartOfACall_arrives() throws Exception {
        try (Loopback server =
                new Loopback(GrpcParticipants.service(Map.of("stock", recording(done())), Access.open()))) {
            BranchEndpoint client = GrpcParticipants.endpoint(server.channel(), Access.open());
            for (Operation operation : Operation.values()) {
                BranchCall sent = call(operation);
                assertThat(answer(client.call(sent))).isEqualTo(new BranchReply.Done());
                assertThat(received.take()).isEqualTo(sent);
            }
        }
    }

    @Test
    void aVoteOfWhoOnlyRead_arrives() throws Exception {
        CompletionStage<BranchReply> readOnly = CompletableFuture.completedStage(new BranchReply.ReadOnly());
        try (Loopback server =
                new Loopback(GrpcParticipants.service(Map.of("stock", recording(readOnly)), Access.open()))) {
            BranchEndpoint client = GrpcParticipants.endpoint(server.channel(), Access.open());
            assertThat(answer(client.call(call(Operation.TRY)))).isEqualTo(new BranchReply.ReadOnly());
        }
    }

    @Test
    void metadata_haveTheseNamesAndForms() throws Exception {
        BlockingQueue<Metadata> seen = new LinkedBlockingQueue<>();
        ServerInterceptor spy = new ServerInterceptor() {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next) {
                seen.add(metadata);
                return next.startCall(call, metadata);
            }
        };
        var service = ServerInterceptors.intercept(
                GrpcParticipants.service(Map.of("stock", recording(done())), Access.open())
                        .bindService(),
                spy);
        try (Loopback server = new Loopback(() -> service)) {
            answer(GrpcParticipants.endpoint(server.channel(), Access.open()).call(call(Operation.CONFIRM)));
            Metadata metadata = seen.take();
            HEADERS.forEach(
                    (key, value) -> assertThat(metadata.get(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER)))
                            .as(key)
                            .isEqualTo(value));
        }
    }

    @Test
    void missingOrMalformedMetadata_areNamed() {
        try (Loopback server =
                new Loopback(GrpcParticipants.service(Map.of("stock", recording(done())), Access.open()))) {
            for (String key : HEADERS.keySet()) {
                for (String bad : new String[] {"", "a b", "-1", "x".repeat(100)}) {
                    Metadata metadata = metadata(HEADERS);
                    metadata.removeAll(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER));
                    if (!bad.isEmpty()) {
                        metadata.put(Metadata.Key.of(key, Metadata.ASCII_STRING_MARSHALLER), bad);
                    }
                    boolean wellFormed = bad.equals("-1")
                            && !Set.of("coordkit-epoch", "coordkit-format", "coordkit-attempt")
                                    .contains(key);
                    if (!wellFormed) {
                        assertThatExceptionOfType(StatusRuntimeException.class)
                                .isThrownBy(() -> confirm(server, metadata))
                                .satisfies(e ->
                                        assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT))
                                .withMessageContaining(key);
                    }
                }
            }
            assertThat(received).isEmpty();
            assertThat(confirm(server, metadata(HEADERS))).isEqualTo(BranchAck.getDefaultInstance());
        }
    }

    private static BranchAck confirm(Loopback server, Metadata metadata) {
        return ParticipantGrpc.newBlockingStub(server.channel())
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(metadata))
                .confirm(BranchRequest.newBuilder().setParticipant("stock").build());
    }

    @Test
    void everyRefusal_comesBackAsItWas() throws Exception {
        for (Code code : Code.values()) {
            BranchReply no = new BranchReply.Refused(code, "t\u00fckendi: 0 left");
            BranchEndpoint refusing = recording(CompletableFuture.completedStage(no));
            try (Loopback server = new Loopback(GrpcParticipants.service(Map.of("stock", refusing), Access.open()))) {
                assertThat(answer(GrpcParticipants.endpoint(server.channel(), Access.open())
                                .call(call(Operation.TRY))))
                        .isEqualTo(no);
            }
        }
    }

    @Test
    void aParticipantThatIsNotServedThere_isRefusedByName() throws Exception {
        try (Loopback server =
                new Loopback(GrpcParticipants.service(Map.of("other", recording(done())), Access.open()))) {
            assertThat(answer(GrpcParticipants.endpoint(server.channel(), Access.open())
                            .call(call(Operation.TRY))))
                    .isInstanceOfSatisfying(BranchReply.Refused.class, refused -> {
                        assertThat(refused.code()).isEqualTo(Code.UNKNOWN_PARTICIPANT);
                        assertThat(refused.reason()).contains("stock").contains("other");
                    });
        }
    }

    @Test
    void aStatusWithoutTheMark_isNoAnswer() {
        ParticipantGrpc.ParticipantImplBase proxy = new ParticipantGrpc.ParticipantImplBase() {
            @Override
            public void confirm(BranchRequest request, StreamObserver<BranchAck> answer) {
                answer.onError(Status.FAILED_PRECONDITION
                        .withDescription("no upstream")
                        .asException());
            }

            @Override
            public void cancel(BranchRequest request, StreamObserver<BranchAck> answer) {
                answer.onError(Status.FAILED_PRECONDITION
                        .withDescription("from the future")
                        .asException(metadata(Map.of("coordkit-refusal", "NEVER_HEARD_OF"))));
            }
        };
        try (Loopback server = new Loopback(proxy)) {
            BranchEndpoint client = GrpcParticipants.endpoint(server.channel(), Access.open());
            for (Operation operation : Operation.values()) {
                assertThatThrownBy(() -> answer(client.call(call(operation)))).isInstanceOf(ExecutionException.class);
            }
        }
    }

    @Test
    void aFailureOfTheParticipant_isNoAnswer() {
        BranchEndpoint failing = recording(CompletableFuture.failedStage(new IllegalStateException("db is down")));
        try (Loopback server = new Loopback(GrpcParticipants.service(Map.of("stock", failing), Access.open()))) {
            BranchEndpoint client = GrpcParticipants.endpoint(server.channel(), Access.open());
            assertThatThrownBy(() -> answer(client.call(call(Operation.TRY)))).hasMessageContaining("db is down");
        }
    }

    @Test
    void theSecondPhase_outlivesTheCallItWasStartedIn() throws Exception {
        CompletableFuture<BranchReply> slow = new CompletableFuture<>();
        try (Loopback server =
                new Loopback(GrpcParticipants.service(Map.of("stock", recording(slow)), Access.open()))) {
            BranchEndpoint client = GrpcParticipants.endpoint(server.channel(), Access.open());
            Context.CancellableContext inbound = Context.current().withCancellation();
            CompletionStage<BranchReply> confirm = inbound.call(() -> client.call(call(Operation.CONFIRM)));
            assertThat(received.poll(20, TimeUnit.SECONDS)).isNotNull();
            inbound.cancel(null);
            slow.complete(new BranchReply.Done());
            assertThat(answer(confirm)).isEqualTo(new BranchReply.Done());
        }
    }

    @Test
    void aSilentParticipant_isGivenUpInTime() {
        try (Loopback server = new Loopback(
                GrpcParticipants.service(Map.of("stock", recording(new CompletableFuture<>())), Access.open()))) {
            BranchEndpoint client = GrpcParticipants.endpoint(server.channel(), Access.open(), Duration.ofMillis(100));
            assertThatThrownBy(() -> answer(client.call(call(Operation.CANCEL))))
                    .hasMessageContaining("DEADLINE_EXCEEDED");
            assertThatThrownBy(() -> answer(client.call(call(Operation.TRY))))
                    .hasMessageContaining("DEADLINE_EXCEEDED");
        }
    }

    @Test
    void badAddressesAndTimeouts_areRefusedByTheirValue() {
        GrpcEndpointProvider provider = new GrpcEndpointProvider();
        for (String bad : new String[] {"grpc://host", "grpc:host:1", "grpc://h:1/path", "grpc://h:0"}) {
            assertThatThrownBy(() -> provider.open(URI.create(bad), Settings.NONE))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining(bad);
        }
        try (Loopback server = new Loopback(GrpcParticipants.service(Map.of(), Access.open()))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> GrpcParticipants.endpoint(server.channel(), Access.open(), Duration.ofHours(1)))
                    .withMessageContaining("PT1H");
        }
    }
}
