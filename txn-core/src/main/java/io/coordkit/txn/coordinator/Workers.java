package io.coordkit.txn.coordinator;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Bounded pools of daemon threads that exist while there is work. */
public final class Workers {
    private static final long IDLE_SECONDS = 10;

    private Workers() {}

    /** For what is done now and then: nothing is refused, and what comes after the shutdown is dropped. */
    public static ThreadPoolExecutor forChores(String name, int threads) {
        ThreadPoolExecutor workers = named(name, threads, Integer.MAX_VALUE);
        workers.setRejectedExecutionHandler(new ThreadPoolExecutor.DiscardPolicy());
        return workers;
    }

    /** As many threads as there is work for, up to that many; more work waits in a queue of that length. */
    public static ThreadPoolExecutor named(String name, int threads, int queue) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor workers = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(queue), task -> {
                    Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        workers.allowCoreThreadTimeOut(true);
        return workers;
    }
}
