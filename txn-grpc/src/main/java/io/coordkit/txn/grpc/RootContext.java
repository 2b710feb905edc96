package io.coordkit.txn.grpc;

import io.grpc.Context;
import java.util.function.Supplier;

/** Starts calls that must not end with the call that happens to be served on this thread. */
final class RootContext {
    private RootContext() {}

    static <T> T call(Supplier<T> start) {
        Context before = Context.ROOT.attach();
        try {
            return start.get();
        } finally {
            Context.ROOT.detach(before);
        }
    }
}
