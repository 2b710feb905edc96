package io.coordkit.txn.grpc;

import io.coordkit.txn.Payload;
import io.coordkit.txn.grpc.v1.BranchAck;
import io.coordkit.txn.grpc.v1.BranchRequest;
import io.coordkit.txn.grpc.v1.ParticipantGrpc;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.Operation;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves participants by name. It waits for none of them: answers come on their own threads. Thread-safe. */
final class ParticipantService extends ParticipantGrpc.ParticipantImplBase {
    private static final Logger log = LoggerFactory.getLogger(ParticipantService.class);

    private final Map<String, BranchEndpoint> participants;

    ParticipantService(Map<String, BranchEndpoint> participants) {
        this.participants = Map.copyOf(participants);
    }

    @Override
    public void try_(BranchRequest request, StreamObserver<BranchAck> answer) {
        serve(Operation.TRY, request, answer);
    }

    @Override
    public void canCommit(BranchRequest request, StreamObserver<BranchAck> answer) {
        serve(Operation.CAN_COMMIT, request, answer);
    }

    @Override
    public void preCommit(BranchRequest request, StreamObserver<BranchAck> answer) {
        serve(Operation.PRE_COMMIT, request, answer);
    }

    @Override
    public void confirm(BranchRequest request, StreamObserver<BranchAck> answer) {
        serve(Operation.CONFIRM, request, answer);
    }

    @Override
    public void cancel(BranchRequest request, StreamObserver<BranchAck> answer) {
        serve(Operation.CANCEL, request, answer);
    }

    private void serve(Operation operation, BranchRequest request, StreamObserver<BranchAck> answer) {
        BranchEndpoint endpoint = participants.get(request.getParticipant());
        if (endpoint == null) {
            answer.onError(Refusals.toStatus(new BranchReply.Refused(
                    BranchReply.Code.UNKNOWN_PARTICIPANT,
                    "no participant '" + request.getParticipant() + "' is served here, only "
                            + participants.keySet().stream().sorted().toList())));
            return;
        }
        BranchCall call;
        try {
            call = toCall(operation, request);
        } catch (IllegalArgumentException e) {
            answer.onError(
                    Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asException());
            return;
        }
        if (answer instanceof ServerCallStreamObserver<BranchAck> cancellable) {
            // A caller that has gone does not stop the local transaction, and its answer goes nowhere.
            cancellable.setOnCancelHandler(() -> {});
        }
        endpoint.call(call).whenComplete((reply, failure) -> {
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
                log.warn("{} failed; its coordinator will ask again", call, cause);
                answer.onError(
                        Status.UNKNOWN.withDescription(cause.getMessage()).asException());
            } else if (reply instanceof BranchReply.Refused refused) {
                answer.onError(Refusals.toStatus(refused));
            } else {
                answer.onNext(BranchAck.newBuilder()
                        .setReadOnly(reply instanceof BranchReply.ReadOnly)
                        .build());
                answer.onCompleted();
            }
        });
    }

    private static BranchCall toCall(Operation operation, BranchRequest request) {
        BranchHeaders headers = BranchServerInterceptor.HEADERS.get();
        return new BranchCall(
                headers.gid(),
                headers.branch(),
                request.getParticipant(),
                operation,
                headers.attempt(),
                headers.origin(),
                Payload.of(request.getPayload().toByteArray()),
                request.getReason());
    }
}
