package io.coordkit.id.snowflake;

/**
 * Where the parts of an id are: a zero sign, 41 bits of milliseconds, 10 of worker, 12 of sequence. A <em>position</em>
 * is an id without its worker, so that positions of one generator are consecutive numbers.
 */
final class Layout {
    static final int SEQUENCE_BITS = 12;
    static final long SEQUENCE_MASK = (1L << SEQUENCE_BITS) - 1;
    static final int WORKER_BITS = 10;
    static final int MAX_WORKER = (1 << WORKER_BITS) - 1;
    static final long MAX_MILLIS = (1L << 41) - 1;

    private Layout() {}

    static long position(long millis, long sequence) {
        return (millis << SEQUENCE_BITS) | sequence;
    }

    static long millis(long position) {
        return position >>> SEQUENCE_BITS;
    }

    static boolean endsMillisecond(long position) {
        return (position & SEQUENCE_MASK) == SEQUENCE_MASK;
    }

    /** The last of {@code wanted} positions from {@code first} on that share its millisecond. */
    static long lastOf(long first, int wanted) {
        return Math.min(first + wanted - 1, first | SEQUENCE_MASK);
    }

    static long id(long position, int worker) {
        return (millis(position) << (WORKER_BITS + SEQUENCE_BITS))
                | ((long) worker << SEQUENCE_BITS)
                | (position & SEQUENCE_MASK);
    }
}
