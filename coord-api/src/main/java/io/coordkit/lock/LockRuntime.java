package io.coordkit.lock;

import io.coordkit.observe.CoordObserver;
import io.coordkit.time.Scheduler;
import io.coordkit.time.SystemScheduler;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a lock client runs on. A test passes a manual scheduler; everybody else takes {@link #standard}.
 *
 * @param scheduler the clock and the timers
 * @param callbacks runs users' callbacks and completes their futures; never a timer or I/O thread. An
 *     acquire that it refuses to complete fails with its refusal, and the lock is given back
 * @param observer receives the lock events
 */
public record LockRuntime(Scheduler scheduler, ExecutorService callbacks, CoordObserver observer)
        implements AutoCloseable {

    public LockRuntime {
        observer = observer.guarded();
    }

    /** System time, one daemon timer thread, and daemon callback threads that exist while there is work. */
    public static LockRuntime standard(CoordObserver observer) {
        AtomicInteger number = new AtomicInteger();
        ExecutorService callbacks = Executors.newCachedThreadPool(task -> {
            Thread thread = new Thread(task, "coordkit-lock-callback-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        return new LockRuntime(new SystemScheduler("coordkit-lock-timer"), callbacks, observer);
    }

    /** Stops the timers; callbacks already due still run. */
    @Override
    public void close() {
        scheduler.close();
        callbacks.shutdown();
    }
}
