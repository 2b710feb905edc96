package io.coordkit.lock.memory;

import io.coordkit.time.Scheduler;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Somebody else's scheduler: closing this withdraws the tasks that came through it, and nothing else. */
final class BorrowedScheduler implements Scheduler {
    private final Scheduler owner;
    private final Set<Task> pending = ConcurrentHashMap.newKeySet();

    BorrowedScheduler(Scheduler owner) {
        this.owner = owner;
    }

    @Override
    public long nanoTime() {
        return owner.nanoTime();
    }

    @Override
    public Scheduled schedule(Duration delay, Runnable action) {
        Task task = new Task(action);
        pending.add(task);
        Scheduled scheduled = owner.schedule(delay, task);
        return () -> {
            pending.remove(task);
            scheduled.cancel();
        };
    }

    @Override
    public void close() {
        pending.clear();
    }

    private final class Task implements Runnable {
        private final Runnable action;

        Task(Runnable action) {
            this.action = action;
        }

        @Override
        public void run() {
            if (pending.remove(this)) {
                action.run();
            }
        }
    }
}
