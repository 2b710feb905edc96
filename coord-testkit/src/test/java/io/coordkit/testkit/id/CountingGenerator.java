package io.coordkit.testkit.id;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdTags;
import io.coordkit.id.IdUnavailableException;
import java.util.concurrent.atomic.AtomicLong;

/** One counter, with one fault. */
final class CountingGenerator implements IdGenerator {
    private static final long BLOCK = 1_000_000;
    private static final long WRAP = 100_000;

    private final AtomicLong counter;
    private final AtomicLong blocks = new AtomicLong();
    private final ThreadLocal<AtomicLong> blockOfThread =
            ThreadLocal.withInitial(() -> new AtomicLong(BLOCK * (100_000 - blocks.getAndIncrement())));
    private final ThreadLocal<long[]> pairOfThread = ThreadLocal.withInitial(() -> new long[] {0});
    private final String tag;
    private final IdFault fault;
    private volatile boolean closed;

    CountingGenerator(String tag, IdFault fault) {
        this.tag = fault == IdFault.I8_ACCEPTS_ANY_TAG ? tag : IdTags.require(tag);
        this.fault = fault;
        counter = new AtomicLong(fault == IdFault.I1_BEGINS_BELOW_ZERO ? -100 : 1);
    }

    @Override
    public String tag() {
        return fault == IdFault.I7_FORGETS_ITS_TAG ? "" : tag;
    }

    @Override
    public long next() {
        checkOpen();
        return switch (fault) {
            case I2_WRAPS_AROUND -> 1 + (claim(1) - 1) % WRAP;
            case I3_ISSUES_PAIRS_BACKWARDS -> nextOfPair(pairOfThread.get());
            case I4_GIVES_EACH_THREAD_A_BLOCK -> blockOfThread.get().getAndIncrement();
            case I9_SWALLOWS_INTERRUPTS -> {
                Thread.interrupted();
                yield claim(1);
            }
            default -> claim(1);
        };
    }

    @Override
    public void fill(long[] ids) {
        checkOpen();
        boolean shares = fault == IdFault.I5_FILLS_WITHOUT_CLAIMING_THE_LAST && ids.length > 0;
        AtomicLong source = fault == IdFault.I4_GIVES_EACH_THREAD_A_BLOCK ? blockOfThread.get() : counter;
        long first = source.getAndAdd(shares ? ids.length - 1 : ids.length);
        for (int i = 0; i < ids.length; i++) {
            ids[i] = first + i;
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private long claim(int count) {
        return counter.getAndAdd(count);
    }

    private long nextOfPair(long[] kept) {
        long lower = kept[0];
        if (lower > 0) {
            kept[0] = 0;
            return lower;
        }
        kept[0] = claim(2);
        return kept[0] + 1;
    }

    private void checkOpen() {
        if (closed && fault != IdFault.I6_ISSUES_AFTER_CLOSE) {
            throw new IdUnavailableException(tag, "closed", null);
        }
    }
}
