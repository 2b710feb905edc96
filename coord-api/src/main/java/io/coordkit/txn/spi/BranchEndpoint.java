package io.coordkit.txn.spi;

import java.util.concurrent.CompletionStage;

/**
 * The way from a coordinator to a participant: a local call or a network client. Thread-safe.
 */
@FunctionalInterface
public interface BranchEndpoint extends AutoCloseable {

    /**
     * Delivers the call. The stage completes with the participant's answer, or exceptionally when there is none: then
     * the call may or may not have been carried out. It completes within the endpoint's own call timeout.
     */
    CompletionStage<BranchReply> call(BranchCall call);

    /** Frees what the endpoint opened itself. Idempotent. */
    @Override
    default void close() {}
}
