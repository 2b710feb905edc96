package io.coordkit.txn.spi;

import java.util.concurrent.CompletionStage;

/** The way from a participant to a log that decides: a local call or a network client. Thread-safe. */
@FunctionalInterface
public interface InquiryEndpoint extends AutoCloseable {

    /**
     * Asks what became of a transaction. One that is not decided, and cannot any more be expected to be, is aborted
     * before the answer is given. The stage completes exceptionally when there is no answer; ask again then.
     */
    CompletionStage<InquiryReply> ask(Inquiry inquiry);

    /** Frees what the endpoint opened itself. Idempotent. */
    @Override
    default void close() {}
}
