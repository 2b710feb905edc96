package io.coordkit.txn.grpc;

import io.coordkit.txn.grpc.v1.OutcomeAnswer;
import io.coordkit.txn.grpc.v1.OutcomeQuestion;
import io.coordkit.txn.grpc.v1.OutcomesGrpc;
import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import io.coordkit.txn.spi.TxnOrigin;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers for home logs by name. Thread-safe. */
final class OutcomeService extends OutcomesGrpc.OutcomesImplBase {
    private static final Logger log = LoggerFactory.getLogger(OutcomeService.class);

    private final Map<String, InquiryEndpoint> homes;

    OutcomeService(Map<String, InquiryEndpoint> homes) {
        this.homes = Map.copyOf(homes);
    }

    @Override
    public void ask(OutcomeQuestion question, StreamObserver<OutcomeAnswer> answer) {
        InquiryEndpoint home = homes.get(question.getHome());
        if (home == null) {
            answer.onError(Status.NOT_FOUND
                    .withDescription("home log '" + question.getHome() + "' is not served here, only "
                            + homes.keySet().stream().sorted().toList())
                    .asException());
            return;
        }
        Inquiry inquiry;
        try {
            inquiry = inquiry(question);
        } catch (IllegalArgumentException e) {
            answer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
            return;
        }
        if (answer instanceof ServerCallStreamObserver<OutcomeAnswer> cancellable) {
            // A caller that has gone asks again, and its answer goes nowhere.
            cancellable.setOnCancelHandler(() -> {});
        }
        home.ask(inquiry).whenComplete((reply, failure) -> {
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                log.warn("Inquiry gid={} branch={} failed; it is put again", inquiry.gid(), inquiry.branch(), cause);
                answer.onError(
                        Status.UNKNOWN.withDescription(cause.getMessage()).asException());
            } else {
                answer.onNext(message(reply));
                answer.onCompleted();
            }
        });
    }

    private static Inquiry inquiry(OutcomeQuestion question) {
        return new Inquiry(
                question.getGid(),
                question.getBranch(),
                new TxnOrigin(
                        question.getHome(),
                        question.getCoordinator(),
                        question.getEpoch(),
                        Instant.ofEpochMilli(question.getDeadlineMillis())));
    }

    private static OutcomeAnswer message(InquiryReply reply) {
        OutcomeAnswer.Builder answer = OutcomeAnswer.newBuilder();
        if (reply instanceof InquiryReply.Confirm confirm) {
            answer.setConfirm(OutcomeAnswer.Confirm.newBuilder().setEpoch(confirm.epoch()));
        } else if (reply instanceof InquiryReply.Cancel cancel) {
            answer.setCancel(
                    OutcomeAnswer.Cancel.newBuilder().setEpoch(cancel.epoch()).setReason(cancel.reason()));
        } else {
            answer.setUndecided(OutcomeAnswer.Undecided.getDefaultInstance());
        }
        return answer.build();
    }
}
