package io.coordkit.testkit.time;

import io.coordkit.time.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Time that stands still until it is moved. Tasks run on the thread that moves it, in the order of their times.
 *
 * <p>Thread-safe, but two threads should not move it at once.
 */
public final class ManualScheduler implements Scheduler {
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::at).thenComparingLong(Task::number));
    private long now;
    private long scheduled;

    /** A scheduler at time 0. */
    public ManualScheduler() {}

    private record Task(long at, long number, Runnable action) {}

    @Override
    public synchronized long nanoTime() {
        return now;
    }

    @Override
    public synchronized Scheduled schedule(Duration delay, Runnable action) {
        Task task = new Task(now + Math.max(0, delay.toNanos()), scheduled++, action);
        tasks.add(task);
        return () -> {
            synchronized (this) {
                tasks.remove(task);
            }
        };
    }

    /** Moves time forward, stopping at each task on the way to run it. */
    public void advance(Duration by) {
        long end = nanoTime() + by.toNanos();
        for (Task due = next(end); due != null; due = next(end)) {
            due.action().run();
        }
        jumpTo(end);
    }

    /** Moves time forward and runs nothing, as when the process was stopped. What is overdue runs at the next advance. */
    public void pause(Duration by) {
        jumpTo(nanoTime() + by.toNanos());
    }

    private synchronized @Nullable Task next(long end) {
        Task first = tasks.peek();
        if (first == null || first.at() > end) {
            return null;
        }
        now = Math.max(now, first.at());
        return tasks.poll();
    }

    private synchronized void jumpTo(long time) {
        now = time;
    }

    @Override
    public synchronized void close() {
        tasks.clear();
    }
}
