package io.coordkit.id.segment;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One bit for each id, in a file that several processes map: an id that is marked twice is found out at once, whichever
 * processes did so, and what was marked outlives a kill -9. Thread-safe.
 */
final class IdBitmap {
    private static final VarHandle WORD = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int DUPLICATES = 0;
    private static final int OUT_OF_BOUNDS = 8;
    private static final int HEADER = 16;

    private final ByteBuffer map;
    private final long bits;

    private IdBitmap(ByteBuffer map, long bits) {
        this.map = map;
        this.bits = bits;
    }

    static IdBitmap open(Path file, long bits) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return new IdBitmap(channel.map(FileChannel.MapMode.READ_WRITE, 0, HEADER + (bits / 64 + 1) * 8), bits);
        }
    }

    void mark(long id) {
        if (id < 1 || id > bits) {
            add(OUT_OF_BOUNDS);
            return;
        }
        long bit = 1L << (id & 63);
        long before = (long) WORD.getAndBitwiseOr(map, HEADER + (int) (id >> 6) * 8, bit);
        if ((before & bit) != 0) {
            add(DUPLICATES);
        }
    }

    private void add(int counter) {
        long unused = (long) WORD.getAndAdd(map, counter, 1L);
    }

    long duplicates() {
        return (long) WORD.getVolatile(map, DUPLICATES);
    }

    long outOfBounds() {
        return (long) WORD.getVolatile(map, OUT_OF_BOUNDS);
    }

    /** How many ids are marked. */
    long count() {
        long count = 0;
        for (int at = HEADER; at < map.capacity(); at += 8) {
            count += Long.bitCount((long) WORD.getVolatile(map, at));
        }
        return count;
    }
}
