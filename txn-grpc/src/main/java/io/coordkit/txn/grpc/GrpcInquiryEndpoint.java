package io.coordkit.txn.grpc;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.coordkit.txn.grpc.v1.OutcomeAnswer;
import io.coordkit.txn.grpc.v1.OutcomeQuestion;
import io.coordkit.txn.grpc.v1.OutcomesGrpc;
import io.coordkit.txn.grpc.v1.OutcomesGrpc.OutcomesFutureStub;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.grpc.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks for outcomes behind a channel. Thread-safe. */
final class GrpcInquiryEndpoint implements InquiryEndpoint {
    private final OutcomesFutureStub stub;
    private final Reconnect reconnect;
    private final Duration timeout;

    GrpcInquiryEndpoint(Channel channel, Reconnect reconnect, Duration timeout) {
        this.stub = OutcomesGrpc.newFutureStub(channel);
        this.reconnect = reconnect;
        this.timeout = timeout;
    }

    @Override
    public CompletionStage<InquiryReply> ask(Inquiry inquiry) {
        reconnect.nudge();
        OutcomeQuestion question = OutcomeQuestion.newBuilder()
                .setGid(inquiry.gid())
                .setBranch(inquiry.branch())
                .setHome(inquiry.origin().home())
                .setCoordinator(inquiry.origin().coordinator())
                .setEpoch(inquiry.origin().epoch())
                .setDeadlineMillis(inquiry.origin().deadline().toEpochMilli())
                .build();
        ListenableFuture<OutcomeAnswer> answer = RootContext.call(() ->
                stub.withDeadlineAfter(timeout.toNanos(), TimeUnit.NANOSECONDS).ask(question));
        CompletableFuture<InquiryReply> reply = new CompletableFuture<>();
        Futures.addCallback(answer, new Completion(reply), MoreExecutors.directExecutor());
        return reply;
    }

    /** Carries the answer over. */
    private record Completion(CompletableFuture<InquiryReply> reply) implements FutureCallback<OutcomeAnswer> {
        @Override
        public void onSuccess(@Nullable OutcomeAnswer answer) {
            OutcomeAnswer said = answer == null ? OutcomeAnswer.getDefaultInstance() : answer;
            switch (said.getAnswerCase()) {
                case UNDECIDED -> reply.complete(new InquiryReply.Undecided());
                case CONFIRM ->
                    reply.complete(new InquiryReply.Confirm(said.getConfirm().getEpoch()));
                case CANCEL ->
                    reply.complete(new InquiryReply.Cancel(
                            said.getCancel().getEpoch(), said.getCancel().getReason()));
                case ANSWER_NOT_SET ->
                    reply.completeExceptionally(new IllegalStateException("an answer unknown to this version"));
            }
        }

        @Override
        public void onFailure(Throwable failure) {
            reply.completeExceptionally(failure);
        }
    }
}
