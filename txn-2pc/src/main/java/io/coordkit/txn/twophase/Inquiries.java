package io.coordkit.txn.twophase;

import io.coordkit.txn.spi.Inquiry;
import io.coordkit.txn.spi.InquiryEndpoint;
import io.coordkit.txn.spi.InquiryReply;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Whom to ask what became of transactions. */
final class Inquiries {
    private static final long PATIENCE_SECONDS = 30;

    private Inquiries() {}

    /** The same, that answers or fails within 30 s. */
    static InquiryEndpoint bounded(InquiryEndpoint home) {
        return inquiry -> {
            try {
                return home.ask(inquiry).toCompletableFuture().copy().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
            } catch (RuntimeException e) {
                return CompletableFuture.failedStage(e);
            }
        };
    }

    /**
     * The answer of the transaction's home.
     *
     * @param homes whom to ask, by the name of the log, the inquiry's among them
     */
    static CompletableFuture<InquiryReply> ask(Map<String, InquiryEndpoint> homes, Inquiry inquiry) {
        return Objects.requireNonNull(homes.get(inquiry.origin().home()))
                .ask(inquiry)
                .toCompletableFuture();
    }
}
