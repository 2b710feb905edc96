package io.coordkit.id.segment;

/**
 * A block of ids for each thread, so that an id costs no atomic operation. A block is small beside its segment, and grows
 * with it. Virtual threads are too many and too short-lived for blocks: they take their ids one by one. Thread-safe.
 */
final class StripedIds implements PrefetchedIds {
    private static final int MAX_BLOCK = 1024;
    private static final int BLOCKS_PER_SEGMENT = 64;

    private final String tag;
    private final SegmentSupply supply;
    private final Runnable onClose;
    private final ThreadLocal<Block> blocks = ThreadLocal.withInitial(Block::new);
    private volatile boolean closed;

    StripedIds(String tag, SegmentSupply supply, Runnable onClose) {
        this.tag = tag;
        this.supply = supply;
        this.onClose = onClose;
    }

    /** What is left of one thread's ids. Only for that thread. */
    private static final class Block {
        private long next;
        private long end;
    }

    @Override
    public String tag() {
        return tag;
    }

    @Override
    public long next() {
        Block block = blocks.get();
        long id = block.next;
        if (id < block.end && !closed) {
            block.next = id + 1;
            return id;
        }
        return firstOfNewBlock(block);
    }

    private long firstOfNewBlock(Block block) {
        Segment segment = closed ? Segment.empty() : supply.current();
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
        block.next = segment.id(place) + 1;
        block.end = segment.id(end);
        return segment.id(place);
    }

    private static int blockSize(Segment segment) {
        return isVirtual(Thread.currentThread())
                ? 1
                : (int) Math.max(1, Math.min(MAX_BLOCK, segment.size() / BLOCKS_PER_SEGMENT));
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
        Block block = blocks.get();
        if (!closed) {
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
