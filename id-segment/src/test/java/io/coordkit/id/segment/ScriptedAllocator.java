package io.coordkit.id.segment;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
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
    final List<Long> wishes = new CopyOnWriteArrayList<>();
    final List<IdRange> back = new CopyOnWriteArrayList<>();
    final Set<RangeGuarantee> guarantees = EnumSet.of(RangeGuarantee.ASCENDING, RangeGuarantee.TAKES_BACK);
    volatile boolean closed;
    private final int step;

    ScriptedAllocator(int step) {
        this.step = step;
    }

    @Override
    public Set<RangeGuarantee> guarantees() {
        return guarantees;
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        gate.acquireUninterruptibly();
        calls.incrementAndGet();
        wishes.add(wanted);
        if (defectsToCome.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IllegalStateException("a defect");
        }
        if (failuresToCome.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IdUnavailableException(tag, "the store is down", null);
        }
        long size = guarantees.contains(RangeGuarantee.SIZED) ? Math.max(step, wanted) : step;
        long from = nextFrom.getAndAdd(size);
        return new IdRange(from, from + size);
    }

    @Override
    public boolean giveBack(String tag, IdRange tail) {
        if (failuresToCome.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IdUnavailableException(tag, "the store is down", null);
        }
        boolean goesBack = nextFrom.compareAndSet(tail.to(), tail.from());
        if (goesBack) {
            back.add(tail);
        }
        return goesBack;
    }

    @Override
    public void close() {
        closed = true;
    }
}
