package io.coordkit.txn.grpc;

import io.coordkit.time.SystemScheduler;
import io.coordkit.txn.spi.BranchCall;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.BranchReply;
import java.time.Duration;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A wire that loses, repeats, delays and thereby reorders what it is given, calls and answers, by a seed. It keeps what
 * failed behind it, which was not its own doing.
 */
final class ChaoticWire implements BranchEndpoint {
    private static final int LONGEST_DELAY_MILLIS = 30;

    private final BranchEndpoint endpoint;
    private final Random random;
    private final SystemScheduler scheduler = new SystemScheduler("chaotic-wire");
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();

    ChaoticWire(BranchEndpoint endpoint, long seed) {
        this.endpoint = endpoint;
        this.random = new Random(seed);
    }

    /** What the participants failed to answer, by their own fault. */
    Queue<String> failures() {
        return failures;
    }

    private CompletionStage<BranchReply> deliver(BranchCall call) {
        return endpoint.call(call).whenComplete((reply, failure) -> {
            if (failure != null) {
                Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                failures.add(call + ": " + cause);
            }
        });
    }

    @Override
    public CompletionStage<BranchReply> call(BranchCall call) {
        int fate;
        Duration delay;
        synchronized (random) {
            fate = random.nextInt(100);
            delay = Duration.ofMillis(random.nextInt(LONGEST_DELAY_MILLIS));
        }
        if (fate < 8) {
            return lost();
        }
        if (fate < 16) {
            return deliver(call).thenCompose(any -> lost());
        }
        if (fate < 24) {
            CompletionStage<BranchReply> first = deliver(call);
            deliver(call);
            return first;
        }
        if (fate < 32) {
            return later(call, delay);
        }
        if (fate < 40) {
            later(call, delay);
            return lost();
        }
        return deliver(call);
    }

    private CompletionStage<BranchReply> later(BranchCall call, Duration delay) {
        CompletableFuture<BranchReply> reply = new CompletableFuture<>();
        scheduler.schedule(
                delay,
                () -> deliver(call).whenComplete((value, failure) -> {
                    if (failure != null) {
                        reply.completeExceptionally(failure);
                    } else {
                        reply.complete(value);
                    }
                }));
        return reply;
    }

    private static CompletionStage<BranchReply> lost() {
        return CompletableFuture.failedStage(new IllegalStateException("lost on the chaotic wire"));
    }

    @Override
    public void close() {
        scheduler.close();
    }
}
