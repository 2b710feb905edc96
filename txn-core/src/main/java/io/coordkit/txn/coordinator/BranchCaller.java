package io.coordkit.txn.coordinator;

import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import io.coordkit.time.Scheduler.Scheduled;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;

/**
 * Makes one call to a participant and waits for its answer for a bounded time, whatever the endpoint promises or does.
 * Thread-safe.
 */
final class BranchCaller {
    private final CoordinatorThreads threads;
    private final CoordObserver observer;
    private final Permits permits;

    BranchCaller(CoordinatorThreads threads, CoordObserver observer, Permits permits) {
        this.threads = threads;
        this.observer = observer;
        this.permits = permits;
    }

    /**
     * The answer; the stage fails if there was none in time, or if the call could not be made. The time counts from when
     * the participant's turn has come.
     */
    CompletionStage<BranchReply> call(BranchEndpoint endpoint, BranchCall call, int attempt, Duration timeout) {
        CompletableFuture<BranchReply> answer = new CompletableFuture<>();
        permits.acquire(call.participant(), () -> {
            Scheduled timer = threads.scheduler()
                    .schedule(
                            timeout,
                            () -> answer.completeExceptionally(new TimeoutException("no answer within " + timeout)));
            CompletionStage<BranchReply> end = answer;
            end.whenComplete((reply, failure) -> timer.cancel());
            threads.onCallThread(() -> deliver(endpoint, call, answer));
        });
        return answer.whenComplete((reply, failure) -> {
            observer.on(new CoordEvent.TxnBranchCalled(
                    call.gid(), call.branch(), call.operation().name(), attempt, Answers.line(reply, failure)));
        });
    }

    private void deliver(BranchEndpoint endpoint, BranchCall call, CompletableFuture<BranchReply> answer) {
        CompletionStage<BranchReply> reply = answer.isDone() ? answer : start(endpoint, call);
        reply.whenComplete((value, failure) -> {
            if (failure != null) {
                answer.completeExceptionally(Answers.cause(failure));
            } else {
                answer.complete(value);
            }
        });
        CompletionStage<BranchReply> waited = answer;
        waited.whenComplete((value, failure) -> {
            // Who no longer waits says so, and the endpoint can free what the call still holds.
            if (failure instanceof TimeoutException) {
                reply.toCompletableFuture().cancel(false);
            }
            // Not from here: that would make a chain of calls of a chain of answers.
            threads.onCallThread(() -> permits.release(call.participant()));
        });
    }

    private static CompletionStage<BranchReply> start(BranchEndpoint endpoint, BranchCall call) {
        try {
            return endpoint.call(call);
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }
}
