package io.coordkit.lock.memory;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs each task on the thread that brings it, after those that are running: a callback that causes another one does
 * not run it within itself, however long the chain. Thread-safe.
 */
final class InlineExecutor extends AbstractExecutorService {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;
    private boolean shutdown;

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            if (shutdown) {
                throw new RejectedExecutionException("shut down");
            }
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        runAll();
    }

    private void runAll() {
        for (Runnable next = take(); next != null; next = take()) {
            try {
                next.run();
            } catch (RuntimeException | Error e) { // as it is with a thread of a pool
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }

    /** The next task; null, and nobody runs any more, if there is none. */
    private @Nullable Runnable take() {
        synchronized (tasks) {
            Runnable next = tasks.poll();
            running = next != null;
            return next;
        }
    }

    @Override
    public void shutdown() {
        synchronized (tasks) {
            shutdown = true;
        }
    }

    @Override
    public List<Runnable> shutdownNow() {
        synchronized (tasks) {
            shutdown = true;
            List<Runnable> left = List.copyOf(tasks);
            tasks.clear();
            return left;
        }
    }

    @Override
    public boolean isShutdown() {
        synchronized (tasks) {
            return shutdown;
        }
    }

    @Override
    public boolean isTerminated() {
        synchronized (tasks) {
            return shutdown && !running;
        }
    }

    /** What runs here runs on callers' threads, and is not waited for. */
    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return isTerminated();
    }
}
