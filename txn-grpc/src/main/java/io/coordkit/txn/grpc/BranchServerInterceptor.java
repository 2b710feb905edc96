package io.coordkit.txn.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Reads the branch that a call is about from its metadata into the call's context. A call without it is answered with
 * INVALID_ARGUMENT, which is no "no": a coordinator that cannot speak must not conclude anything. Thread-safe.
 */
final class BranchServerInterceptor implements ServerInterceptor {
    static final Context.Key<BranchHeaders> HEADERS = Context.key("coordkit-branch-headers");

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata metadata, ServerCallHandler<Q, R> next) {
        BranchHeaders headers;
        try {
            headers = BranchHeaders.readFrom(metadata);
        } catch (IllegalArgumentException e) {
            call.close(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).withCause(e), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, metadata, next);
    }
}
