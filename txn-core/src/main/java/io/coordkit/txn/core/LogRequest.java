package io.coordkit.txn.core;

import io.coordkit.txn.TxnException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Something that is asked of a log in files: carried out first, answered when it is on disk. */
final class LogRequest<T> {
    private final String what;
    private final boolean decision;
    private final Supplier<T> question;
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private @Nullable Runnable outcome;

    LogRequest(String what, boolean decision, Supplier<T> question) {
        this.what = what;
        this.decision = decision;
        this.question = question;
    }

    boolean isDecision() {
        return decision;
    }

    void carryOut() {
        try {
            T value = question.get();
            outcome = () -> answer.complete(value);
        } catch (RuntimeException e) {
            outcome = () -> answer.completeExceptionally(e);
        }
    }

    void answer() {
        if (outcome != null) {
            outcome.run();
        }
    }

    /** Unless it has an answer. */
    void fail(String why, @Nullable Throwable cause) {
        answer.completeExceptionally(
                new TxnException("The transaction log did not answer, " + what + ": " + why, cause));
    }

    /** Waits for the answer, through interrupts, which are kept for later. */
    T await() {
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
