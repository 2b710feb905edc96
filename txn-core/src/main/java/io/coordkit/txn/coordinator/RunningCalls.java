package io.coordkit.txn.coordinator;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The {@code run} calls that have not returned; once closed, none begins. Thread-safe. */
final class RunningCalls {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Set<FirstPhase> running = new HashSet<>();
    private boolean closed;

    /** @throws IllegalStateException once closed */
    void enter(FirstPhase phase) {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The coordinator is closed");
            }
            running.add(phase);
        } finally {
            lock.unlock();
        }
    }

    void leave(FirstPhase phase) {
        lock.lock();
        try {
            running.remove(phase);
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Lets none in any more, has those inside abort, and waits for them.
     *
     * @return false if it was closed before
     */
    boolean close(String reason, Duration patience) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            closed = true;
            running.forEach(phase -> phase.abort(reason));
            long nanos = patience.toNanos();
            while (!running.isEmpty() && nanos > 0) {
                nanos = left.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return true;
    }
}
