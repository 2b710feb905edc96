package io.coordkit.testkit.id;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** An allocator on a map that stands for the store, with one fault. */
final class MemoryRanges implements RangeAllocator {
    private static final int STEP = 10;
    private static final int ADVANCE = 4;
    private static final int SHORT_COLUMN = 64;

    private final Map<String, AtomicLong> store;
    private final RangeFault fault;
    private final Map<String, Long> found = new ConcurrentHashMap<>();
    private final Map<String, IdRange> inAdvance = new ConcurrentHashMap<>();
    private volatile boolean closed;

    MemoryRanges(Map<String, AtomicLong> store, RangeFault fault) {
        this.store = store;
        this.fault = fault;
    }

    /** What a crash does to the store: nothing, unless it is the fault to forget. */
    static void crash(Map<String, AtomicLong> store, RangeFault fault) {
        if (fault == RangeFault.I43_FORGETS_THE_NEWEST_IN_A_CRASH) {
            store.values().forEach(next -> next.addAndGet(-STEP));
        }
    }

    @Override
    public Set<RangeGuarantee> guarantees() {
        return fault == RangeFault.I12_TAKES_RANGES_IN_ADVANCE
                ? EnumSet.of(RangeGuarantee.ASCENDING)
                : EnumSet.allOf(RangeGuarantee.class);
    }

    @Override
    public IdRange allocate(String tag, long wanted) {
        if (wanted < 0) {
            throw new IllegalArgumentException("wanted must not be negative, was " + wanted);
        }
        if (fault != RangeFault.I16_ACCEPTS_ANY_TAG) {
            IdTags.require(tag);
        }
        if (closed && fault != RangeFault.I17_GIVES_OUT_AFTER_CLOSE) {
            throw new IdUnavailableException(tag, "closed", null);
        }
        String key = key(tag);
        AtomicLong next = store.computeIfAbsent(key, any -> new AtomicLong(1));
        found.putIfAbsent(key, next.get());
        long size = fault == RangeFault.I40_KEEPS_TO_ITS_STEP ? STEP : Math.max(STEP, wanted);
        return switch (fault) {
            case I11_WRITES_WHAT_ANOTHER_HAS_READ -> {
                long from = next.get();
                LockSupport.parkNanos(this, 1_000);
                next.set(from + size);
                yield new IdRange(from, from + size);
            }
            case I12_TAKES_RANGES_IN_ADVANCE ->
                inAdvance.compute(key, (any, last) -> {
                    if (last != null && last.to() % (ADVANCE * STEP) != 1) {
                        return new IdRange(last.to(), last.to() + STEP);
                    }
                    long from = next.getAndAdd(ADVANCE * STEP);
                    return new IdRange(from, from + STEP);
                });
            default -> {
                long from = next.getAndAdd(size);
                yield new IdRange(from, from + size);
            }
        };
    }

    @Override
    public boolean giveBack(String tag, IdRange tail) {
        AtomicLong next = store.computeIfAbsent(key(tag), any -> new AtomicLong(1));
        return switch (fault) {
            case I12_TAKES_RANGES_IN_ADVANCE -> false;
            case I41_LOSES_WHAT_IT_TAKES_BACK -> next.get() == tail.to();
            case I42_TAKES_ANY_END_BACK -> {
                next.set(tail.from());
                yield true;
            }
            default -> next.compareAndSet(tail.to(), tail.from());
        };
    }

    @Override
    public void close() {
        closed = true;
        if (fault == RangeFault.I13_PUTS_ALL_BACK_ON_CLOSE) {
            found.forEach((key, from) -> store.put(key, new AtomicLong(from)));
        }
    }

    private String key(String tag) {
        return switch (fault) {
            case I14_IGNORES_CASE -> tag.toLowerCase(Locale.ROOT);
            case I15_CUTS_LONG_TAGS -> tag.substring(0, Math.min(tag.length(), SHORT_COLUMN));
            default -> tag;
        };
    }
}
