package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.RangeAllocator;

/** A generator that closes what was opened for it alone. */
record OwningIds(IdGenerator ids, Segments segments, RangeAllocator allocator) implements IdGenerator {
    @Override
    public String tag() {
        return ids.tag();
    }

    @Override
    public long next() {
        return ids.next();
    }

    @Override
    public void fill(long[] array) {
        ids.fill(array);
    }

    @Override
    public void close() {
        segments.close();
        allocator.close();
    }
}
