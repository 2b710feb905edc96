package io.coordkit.id.segment;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** An allocator, and how often it failed. */
record FailureCount(RangeAllocator allocator, AtomicInteger count) implements RangeAllocator {
    FailureCount(RangeAllocator allocator) {
        this(allocator, new AtomicInteger());
    }

    int failures() {
        return count.get();
    }

    @Override
    public Set<RangeGuarantee> guarantees() {
        return allocator.guarantees();
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        try {
            return allocator.allocate(tag, wanted);
        } catch (IdUnavailableException e) {
            count.incrementAndGet();
            throw e;
        }
    }

    @Override
    public boolean giveBack(String tag, IdRange tail) {
        return allocator.giveBack(tag, tail);
    }

    @Override
    public void close() {}
}
