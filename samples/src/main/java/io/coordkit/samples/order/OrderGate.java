package io.coordkit.samples.order;

import io.coordkit.samples.service.Answers;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Lets orders through, many at a time, and the audit when none is on its way: a sum over two databases is exact only at
 * a moment when nothing moves. Orders that arrive meanwhile wait. Thread-safe.
 */
final class OrderGate {
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock(true);

    /** Runs the work of one order. */
    <T> T pass(Callable<T> work) throws Exception {
        lock.readLock().lockInterruptibly();
        try {
            return work.call();
        } finally {
            lock.readLock().unlock();
        }
    }

    /**
     * Runs {@code work} while no order is on its way; if they do not come to their end within {@code patience}, runs it
     * all the same, for it will then find them unfinished.
     */
    void drained(Duration patience, Answers.Work work) throws Exception {
        Lock all = lock.writeLock();
        boolean alone = all.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
        try {
            work.run();
        } finally {
            if (alone) {
                all.unlock();
            }
        }
    }
}
