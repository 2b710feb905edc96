package io.coordkit.txn.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;

/** Writes the branch that a call is about into its metadata. Thread-safe. */
final class BranchClientInterceptor implements ClientInterceptor {
    static final CallOptions.Key<BranchHeaders> HEADERS = CallOptions.Key.create("coordkit-branch-headers");

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
            @Override
            public void start(Listener<R> listener, Metadata metadata) {
                BranchHeaders headers = options.getOption(HEADERS);
                if (headers != null) {
                    headers.writeTo(metadata);
                }
                super.start(listener, metadata);
            }
        };
    }
}
