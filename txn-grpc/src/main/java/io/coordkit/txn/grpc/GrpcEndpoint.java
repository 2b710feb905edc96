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
import io.grpc.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Calls participants behind a channel.
 *
 * <p>A try waits for a participant that is just starting, until the call's timeout or until its caller gives it up at
 * the transaction's deadline. A confirm or cancel fails at once when nobody is there: the coordinator comes back by its
 * own schedule. It runs outside of the context of the call that happens to be served here, or the end of that one would
 * cancel it.
 * Thread-safe.
 */
final class GrpcEndpoint implements BranchEndpoint {
    private final ParticipantFutureStub stub;
    private final Reconnect reconnect;
    private final Duration callTimeout;
    private final Runnable onClose;

    GrpcEndpoint(Channel channel, Reconnect reconnect, Duration callTimeout, Runnable onClose) {
        this.stub = ParticipantGrpc.newFutureStub(channel).withInterceptors(new BranchClientInterceptor());
        this.reconnect = reconnect;
        this.callTimeout = callTimeout;
        this.onClose = onClose;
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        reconnect.nudge();
        ListenableFuture<BranchAck> ack = switch (call.operation()) {
            case TRY -> stubFor(call).withWaitForReady().try_(request(call));
            case CAN_COMMIT -> stubFor(call).withWaitForReady().canCommit(request(call));
            case PRE_COMMIT -> stubFor(call).withWaitForReady().preCommit(request(call));
            case CONFIRM -> RootContext.call(() -> stubFor(call).confirm(request(call)));
            case CANCEL -> RootContext.call(() -> stubFor(call).cancel(request(call)));
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
        return stub.withOption(BranchClientInterceptor.HEADERS, BranchHeaders.of(call))
                .withDeadlineAfter(callTimeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static BranchRequest request(BranchCall call) {
        return BranchRequest.newBuilder()
                .setParticipant(call.participant())
                .setPayload(ByteString.copyFrom(call.payload().toByteArray()))
                .setReason(call.reason())
                .build();
    }

    @Override
    public void close() {
        onClose.run();
    }

    /** Carries the answer over. */
    private record Completion(CompletableFuture<BranchReply> reply) implements FutureCallback<BranchAck> {
        @Override
        public void onSuccess(@Nullable BranchAck ack) {
            boolean readOnly = ack != null && ack.getReadOnly();
            reply.complete(readOnly ? new BranchReply.ReadOnly() : new BranchReply.Done());
        }

        @Override
        public void onFailure(Throwable failure) {
            Refusals.fromFailure(failure).ifPresentOrElse(reply::complete, () -> reply.completeExceptionally(failure));
        }
    }
}
