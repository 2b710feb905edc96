package io.coordkit.id.segment;

import org.jspecify.annotations.Nullable;

/**
 * A block of ids for each thread, so that an id costs no atomic operation. A block is small beside its segment, and grows
 * with it. Virtual threads are too many and too short-lived for blocks: they take their ids one by one.
 *
 * <p>A thread's block is kept in a {@link ThreadLocal}, which costs more than an atomic operation does. So blocks are
 * also found in a small table by the thread's number. An entry is only a hint, and read and written without
 * synchronization: whose it is stands in the block, for ever, and nobody else touches its ids. Thread-safe.
 */
final class StripedIds implements PrefetchedIds {
    private static final int MAX_BLOCK = 1024;
    private static final int BLOCKS_PER_SEGMENT = 64;
    private static final int NEAR = 256;

    private final String tag;
    private final SegmentSupply supply;
    private final Runnable onClose;
    private final ThreadLocal<Block> blocks = ThreadLocal.withInitial(() -> new Block(Thread.currentThread()));
    private final @Nullable Block[] near = new Block[NEAR];
    private volatile boolean closed;

    StripedIds(String tag, SegmentSupply supply, Runnable onClose) {
        this.tag = tag;
        this.supply = supply;
        this.onClose = onClose;
    }

    /** What is left of one thread's ids. Only for that thread. */
    private static final class Block {
        private final Thread owner;
        private long next;
        private long end;

        private Block(Thread owner) {
            this.owner = owner;
        }
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public long next() {
        Thread thread = Thread.currentThread();
        Block block = near[(int) thread.getId() & (NEAR - 1)];
        if (block != null && block.owner == thread && block.next < block.end && !closed) {
            return block.next++;
        }
        return nextFromAfar(thread);
    }

    private long nextFromAfar(Thread thread) {
        if (isVirtual(thread)) {
            return supply.next();
        }
        Block block = blocks.get();
        near[(int) thread.getId() & (NEAR - 1)] = block;
        if (block.next >= block.end || closed) {
            refill(block);
        }
        return block.next++;
    }

    private void refill(Block block) {
        if (closed) {
            throw supply.refusal();
        }
        Segment segment = supply.current();
        int size = blockSize(segment);
        long place = segment.claim(size);
        if (place >= segment.size()) {
            long deadline = supply.deadline();
            while (place >= segment.size()) {
                segment = supply.awaitLive(deadline);
                size = blockSize(segment);
                place = segment.claim(size);
            }
        }
        long end = Math.min(place + size, segment.size());
        supply.careFor(segment, end);
        block.next = segment.id(place);
        block.end = segment.id(end);
    }

    private static int blockSize(Segment segment) {
        return (int) Math.max(1, Math.min(MAX_BLOCK, segment.size() / BLOCKS_PER_SEGMENT));
    }

    /** {@code Thread.isVirtual} is Java 21's; the group's name is specified too. */
    private static boolean isVirtual(Thread thread) {
        ThreadGroup group = thread.getThreadGroup();
        return group != null && group.getName().equals("VirtualThreads");
    }

    /** Uses up the thread's block first, or the ids that come after would be lower than these. */
    @Override
    public void fill(long[] ids) {
        int filled = 0;
        if (!closed && !isVirtual(Thread.currentThread())) {
            Block block = blocks.get();
            filled = (int) Math.min(ids.length, block.end - block.next);
            SegmentSupply.ascend(ids, 0, filled, block.next);
            block.next += filled;
        }
        supply.fill(ids, filled);
    }

    @Override
    public void prefetch() {
        supply.prefetch();
    }

    @Override
    public void close() {
        closed = true;
        if (supply.close()) {
            onClose.run();
        }
    }
}
