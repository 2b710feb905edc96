package io.coordkit.benchmarks;

import io.coordkit.id.IdRange;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Ranges from a counter: what is measured is the generator, not a store. */
final class MemoryRanges implements RangeAllocator {
    private static final long STEP = 1000;

    private final AtomicLong next = new AtomicLong(1);

    @Override
    public Set<RangeGuarantee> guarantees() {
        return EnumSet.of(RangeGuarantee.ASCENDING, RangeGuarantee.SIZED);
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        long size = Math.max(STEP, wanted);
        long from = next.getAndAdd(size);
        return new IdRange(from, from + size);
    }

    @Override
    public boolean giveBack(String tag, IdRange tail) {
        return false;
    }

    @Override
    public void close() {}
}
