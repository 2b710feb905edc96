package io.coordkit.txn.grpc;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import io.coordkit.txn.grpc.v1.BranchAck;
import io.coordkit.txn.grpc.v1.BranchRequest;
import io.coordkit.txn.grpc.v1.ParticipantGrpc;
import io.coordkit.txn.grpc.v1.ParticipantGrpc.ParticipantFutureStub;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.grpc.Channel;
import io.grpc.Context;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls participants behind a channel.
 *
 * <p>A try may last until the transaction's deadline, and waits for a participant that is just starting. A confirm or
 * cancel has a timeout of its own and fails at once when nobody is there: the coordinator comes back by its own schedule.
 * It runs outside of the context of the call that happens to be served here, or the end of that one would cancel it.
 * Thread-safe.
 */
final class GrpcEndpoint implements BranchEndpoint {
    private final ParticipantFutureStub stub;
    private final Reconnect reconnect;
    private final Duration callTimeout;
    private final InstantSource clock;
    private final Runnable onClose;

    GrpcEndpoint(Channel channel, Reconnect reconnect, Duration callTimeout, InstantSource clock, Runnable onClose) {
        this.stub = ParticipantGrpc.newFutureStub(channel).withInterceptors(new BranchClientInterceptor());
        this.reconnect = reconnect;
        this.callTimeout = callTimeout;
        this.clock = clock;
        this.onClose = onClose;
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        reconnect.nudge();
        ListenableFuture<BranchAck> ack = switch (call.operation()) {
            case TRY -> stubFor(call).withWaitForReady().try_(request(call));
            case CONFIRM -> outside(() -> stubFor(call).confirm(request(call)));
            case CANCEL -> outside(() -> stubFor(call).cancel(request(call)));
        };
        CompletableFuture<BranchReply> reply = new CompletableFuture<>();
        Futures.addCallback(ack, new Completion(reply), MoreExecutors.directExecutor());
        CompletionStage<BranchReply> end = reply;
        end.whenComplete((done, failure) -> {
            if (reply.isCancelled()) {
                ack.cancel(false);
            }
        });
        return reply;
    }

    private ParticipantFutureStub stubFor(BranchCall call) {
        Duration timeout = callTimeout;
        if (call.operation() == Operation.TRY) {
            timeout = Duration.between(clock.instant(), call.deadline());
        }
        return stub.withOption(BranchClientInterceptor.HEADERS, BranchHeaders.of(call))
                .withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static BranchRequest request(BranchCall call) {
        return BranchRequest.newBuilder()
                .setParticipant(call.participant())
                .setPayload(ByteString.copyFrom(call.payload().toByteArray()))
                .setReason(call.reason())
                .build();
    }

    private static ListenableFuture<BranchAck> outside(Start start) {
        Context before = Context.ROOT.attach();
        try {
            return start.start();
        } finally {
            Context.ROOT.detach(before);
        }
    }

    @Override
    public void close() {
        onClose.run();
    }

    /** Starts one call. */
    @FunctionalInterface
    private interface Start {
        ListenableFuture<BranchAck> start();
    }

    /** Carries the answer over. */
    private record Completion(CompletableFuture<BranchReply> reply) implements FutureCallback<BranchAck> {
        @Override
        public void onSuccess(@Nullable BranchAck ack) {
            reply.complete(new BranchReply.Done());
        }

        @Override
        public void onFailure(Throwable failure) {
            Refusals.fromFailure(failure).ifPresentOrElse(reply::complete, () -> reply.completeExceptionally(failure));
        }
    }
}
