package io.coordkit.lock.etcd;

import io.coordkit.BackendUnreachableException;
import io.etcd.jetcd.common.exception.ErrorCode;
import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls that end: each attempt is bounded, and one that got no answer is made again, which the client library sends to
 * the next member. So every call made here must be safe to repeat. Immutable.
 *
 * @param limit how long one attempt waits for its answer
 */
record EtcdCalls(Duration limit) {
    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration SHORTEST = Duration.ofMillis(500);
    private static final Duration LONGEST = Duration.ofSeconds(1);

    /** Calls patient enough for a busy etcd, and impatient enough to try another member within that TTL. */
    static EtcdCalls within(Duration ttl) {
        Duration eighth = ttl.dividedBy(8);
        Duration atLeast = eighth.compareTo(SHORTEST) < 0 ? SHORTEST : eighth;
        return new EtcdCalls(atLeast.compareTo(LONGEST) > 0 ? LONGEST : atLeast);
    }

    /**
     * The answer, or {@link BackendUnreachableException} with what the last attempt came to, or {@link LeaseGone}.
     *
     * @param what names the call in messages
     */
    <T> CompletableFuture<T> call(String what, Supplier<CompletableFuture<T>> attempt) {
        CompletableFuture<T> result = new CompletableFuture<>();
        attempt(what, attempt, ATTEMPTS, result);
        return result;
    }

    private <T> void attempt(
            String what, Supplier<CompletableFuture<T>> call, int attemptsLeft, CompletableFuture<T> result) {
        // A copy: the library's own future stays open for an answer that comes late.
        var unused = send(call)
                .copy()
                .orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS)
                .whenComplete((answer, failure) -> {
                    if (failure == null) {
                        result.complete(answer);
                    } else if (isLeaseGone(failure)) {
                        result.completeExceptionally(new LeaseGone(root(failure)));
                    } else if (attemptsLeft > 1 && mayBeBetterElsewhere(failure)) {
                        later(PAUSE, () -> attempt(what, call, attemptsLeft - 1, result));
                    } else {
                        result.completeExceptionally(new BackendUnreachableException(
                                "etcd " + (isRefusal(failure) ? "refused" : "did not answer") + " a " + what + ": "
                                        + describe(failure),
                                root(failure)));
                    }
                });
    }

    private static <T> CompletableFuture<T> send(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (EtcdException | RejectedExecutionException | IllegalStateException clientClosed) {
            return CompletableFuture.failedFuture(clientClosed);
        }
    }

    /** Runs a short action later, on the timer thread of the JDK's own timeouts. */
    static void later(Duration delay, Runnable action) {
        CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS, Runnable::run)
                .execute(action);
    }

    private static boolean mayBeBetterElsewhere(Throwable failure) {
        return switch (code(root(failure))) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> true;
            default -> root(failure) instanceof TimeoutException;
        };
    }

    private static boolean isRefusal(Throwable failure) {
        return switch (code(root(failure))) {
            case UNAUTHENTICATED, PERMISSION_DENIED, INVALID_ARGUMENT, RESOURCE_EXHAUSTED -> true;
            default -> false;
        };
    }

    /** Whether etcd says that the lease of the call does not exist any more. */
    static boolean isLeaseGone(Throwable failure) {
        Throwable root = root(failure);
        return root instanceof LeaseGone || code(root) == Status.Code.NOT_FOUND;
    }

    private static Status.Code code(Throwable failure) {
        if (failure instanceof EtcdException etcd) {
            return etcd.getErrorCode() == ErrorCode.NOT_FOUND ? Status.Code.NOT_FOUND : Status.Code.UNKNOWN;
        }
        Status status = Status.fromThrowable(failure);
        Throwable cause = status.getCause();
        // How jetcd reports any failure to log in, that of the network included.
        return status.getCode() == Status.Code.UNAUTHENTICATED && cause != null ? code(cause) : status.getCode();
    }

    private String describe(Throwable failure) {
        Throwable root = root(failure);
        if (root instanceof TimeoutException) {
            return "nothing came within " + limit;
        }
        StringBuilder text = new StringBuilder(firstLine(root));
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            String line = firstLine(cause);
            if (text.indexOf(line) < 0) {
                text.append(": ").append(line);
            }
        }
        return text.toString();
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("no message");
    }

    private static Throwable root(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The lease does not exist any more, and nothing that hung on it. */
    static final class LeaseGone extends RuntimeException {
        static final String MESSAGE = "its lease is gone from etcd: expired, revoked, or lost with etcd's data";
        private static final long serialVersionUID = 1L;

        LeaseGone(@Nullable Throwable cause) {
            super(MESSAGE, cause);
        }
    }
}
