package io.coordkit.txn.coordinator;

import io.coordkit.time.Scheduler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The coordinator's threads: one for timers, some for the log, some to hand calls to participants, and some for the
 * work that applications do along with a decision. The log has its own so that neither participants who block nor work
 * that takes its time can keep decisions from being written. Threads that ask the log are never interrupted: an interrupt
 * in the middle of a write closes the file of an embedded database for everybody. Thread-safe.
 */
final class CoordinatorThreads {
    private static final Logger logger = LoggerFactory.getLogger(CoordinatorThreads.class);
    private static final int LOG_THREADS = 16;
    private static final int WORK_THREADS = 16;
    private static final int CALL_THREADS = 32;

    private final Scheduler scheduler;
    private final ThreadPoolExecutor logThreads = Workers.named("coordkit-txn-log", LOG_THREADS, Integer.MAX_VALUE);
    private final ThreadPoolExecutor workThreads = Workers.named("coordkit-txn-work", WORK_THREADS, Integer.MAX_VALUE);
    private final ThreadPoolExecutor callThreads = Workers.named("coordkit-txn-call", CALL_THREADS, Integer.MAX_VALUE);

    CoordinatorThreads(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    /**
     * Asks the log on one of its threads and waits for the answer, through interrupts, which are kept for later: what
     * the log was asked to write cannot be taken back.
     */
    <T> T askLog(Supplier<T> question) {
        return ask(logThreads, question);
    }

    /** The same for what does an application's work in between. */
    <T> T askLocally(Supplier<T> question) {
        return ask(workThreads, question);
    }

    private static <T> T ask(ThreadPoolExecutor threads, Supplier<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            threads.execute(() -> answer.completeAsync(question, Runnable::run));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException("The coordinator is closed", e);
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    /** Runs a task that asks the log; dropped once closed, for the next start finds what is unfinished. */
    void onLogThread(Runnable task) {
        executeUnlessClosed(logThreads, task);
    }

    /** Runs a task that calls a participant; dropped once closed. */
    void onCallThread(Runnable task) {
        executeUnlessClosed(callThreads, task);
    }

    private static void executeUnlessClosed(ThreadPoolExecutor threads, Runnable task) {
        try {
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            logger.debug("The coordinator is closed; a task is left to the next start");
        }
    }

    /** Stops the timers and lets what is running come to its end, for at most that long. */
    void close(Duration patience) {
        scheduler.close();
        callThreads.shutdown();
        workThreads.shutdown();
        logThreads.shutdown();
        try {
            if (!logThreads.awaitTermination(patience.toNanos(), TimeUnit.NANOSECONDS)) {
                logger.warn("The transaction log has not answered for {}; its threads end when it does", patience);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
