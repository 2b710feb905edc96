package io.coordkit.txn.coordinator;

import io.coordkit.txn.spi.BranchReply;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What is said about the answers of participants. */
public final class Answers {
    private Answers() {}

    /** One line about an answer or its absence. */
    public static String line(@Nullable BranchReply reply, @Nullable Throwable failure) {
        if (failure != null) {
            Throwable cause = cause(failure);
            return "no answer: " + (cause.getMessage() == null ? cause.toString() : cause.getMessage());
        }
        return reply instanceof BranchReply.Refused refused ? refused.code() + ": " + refused.reason() : "done";
    }

    /** The failure without what futures wrap around it. */
    static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
