package io.coordkit.txn.grpc;

import io.coordkit.txn.spi.BranchReply;
import io.coordkit.txn.spi.BranchReply.Code;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A participant's "no" on the wire: FAILED_PRECONDITION with a mark. Proxies, load balancers and gRPC itself answer with
 * any status on their own; only the mark says that the guard was asked.
 */
final class Refusals {
    private static final Metadata.Key<String> MARK =
            Metadata.Key.of("coordkit-refusal", Metadata.ASCII_STRING_MARSHALLER);

    private Refusals() {}

    static StatusException toStatus(BranchReply.Refused refused) {
        Metadata trailers = new Metadata();
        trailers.put(MARK, refused.code().name());
        return Status.FAILED_PRECONDITION.withDescription(refused.reason()).asException(trailers);
    }

    /** The "no" in a failure, if it is one that this version knows. */
    static Optional<BranchReply> fromFailure(Throwable failure) {
        Metadata trailers = Status.trailersFromThrowable(failure);
        String mark = trailers == null ? null : trailers.get(MARK);
        String description = Status.fromThrowable(failure).getDescription();
        return Arrays.stream(Code.values())
                .filter(code -> code.name().equals(mark))
                .<BranchReply>map(code -> new BranchReply.Refused(code, description == null ? "" : description))
                .findFirst();
    }
}
