package io.coordkit.id.segment;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Consecutive ranges, with calls that a test can hold back, make fail, or send backwards. */
final class ScriptedAllocator implements RangeAllocator {
    final AtomicInteger calls = new AtomicInteger();
    final AtomicInteger failuresToCome = new AtomicInteger();
    final AtomicInteger defectsToCome = new AtomicInteger();
    final AtomicLong nextFrom = new AtomicLong(1);
    final Semaphore gate = new Semaphore(Integer.MAX_VALUE / 2);
    volatile boolean closed;
    private final int step;

    ScriptedAllocator(int step) {
        this.step = step;
    }

    @Override
    public IdRange allocate(String tag) {
        gate.acquireUninterruptibly();
        calls.incrementAndGet();
        if (defectsToCome.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IllegalStateException("a defect");
        }
        if (failuresToCome.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IdUnavailableException(tag, "the store is down", null);
        }
        long from = nextFrom.getAndAdd(step);
        return new IdRange(from, from + step);
    }

    @Override
    public void close() {
        closed = true;
    }
}
