package io.coordkit.id.segment;

import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that call allocators, two at most for however many generators: daemons, started on demand and ended when
 * idle. A task must be one call; what has to wait comes again later. Thread-safe.
 */
final class Prefetcher implements AutoCloseable {
    static final String THREAD_PREFIX = "coordkit-segment-";
    private static final int THREADS = 2;
    private static final Duration IDLE_THREAD = Duration.ofSeconds(10);

    private final AtomicInteger started = new AtomicInteger();
    private final ScheduledThreadPoolExecutor executor;

    Prefetcher() {
        executor = new ScheduledThreadPoolExecutor(THREADS, task -> {
            Thread thread = new Thread(task, THREAD_PREFIX + started.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        executor.setKeepAliveTime(IDLE_THREAD.toNanos(), TimeUnit.NANOSECONDS);
        executor.allowCoreThreadTimeOut(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs the task after that long; false if this is closed. */
    boolean run(Runnable task, long delayNanos) {
        try {
            var unused = executor.schedule(task, delayNanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (RejectedExecutionException closed) {
            return false;
        }
    }

    /** No interrupt: it would tear down the file of an embedded H2 under everyone else. */
    @Override
    public void close() {
        executor.shutdown();
    }
}
