package io.coordkit.id.sql;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.id.snowflake.SnowflakeOptions;
import io.coordkit.observe.CoordObserver;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A process of its own that writes the ids it gets, eight bytes each: URL, tag, window in ms, how many (0 for no end), by
 * how many threads, how many at a time. Its status tells when its worker number was lost.
 */
final class SnowflakeWriter {
    static final int LOST = 42;
    private static final long LEISURE_NANOS = 200_000;

    private SnowflakeWriter() {}

    public static void main(String[] args) throws InterruptedException {
        long count = Long.parseLong(args[3]);
        int batch = Integer.parseInt(args[5]);
        SnowflakeOptions options = SnowflakeOptions.DEFAULTS
                .withWindow(Duration.ofMillis(Long.parseLong(args[2])))
                .withPatience(Duration.ofMinutes(1));
        AtomicLong left = new AtomicLong(count == 0 ? Long.MAX_VALUE : count);
        try (WorkerLeaseSource source = SqlWorkerLeases.connect(args[0], new Properties());
                SnowflakeIds ids = SnowflakeIds.leased(args[1], source, options, CoordObserver.NONE)) {
            FileOutputStream out = new FileOutputStream(FileDescriptor.out);
            Thread[] threads = IntStream.range(0, Integer.parseInt(args[4]))
                    .mapToObj(i -> new Thread(() -> write(ids, left, batch, count == 0, out), "writer-" + i))
                    .toArray(Thread[]::new);
            for (Thread thread : threads) {
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    private static void write(SnowflakeIds ids, AtomicLong left, int most, boolean leisurely, FileOutputStream out) {
        long[] batch = new long[most];
        ByteBuffer bytes = ByteBuffer.allocate(most * Long.BYTES);
        while (left.getAndAdd(-most) > 0) {
            long asked = System.nanoTime();
            try {
                ids.fill(batch);
            } catch (WorkerLeaseLostException e) {
                System.err.printf("Lost, by a call that took %d us%n", (System.nanoTime() - asked) / 1_000);
                Runtime.getRuntime().halt(LOST);
            } catch (IdUnavailableException e) {
                // What was filled by then is used up and not written; the rest comes when the store is back.
                left.addAndGet(most);
                continue;
            }
            bytes.clear();
            bytes.asLongBuffer().put(batch);
            try {
                synchronized (out) {
                    out.write(bytes.array());
                }
            } catch (IOException readerIsGone) {
                return;
            }
            if (leisurely) {
                LockSupport.parkNanos(LEISURE_NANOS);
            }
        }
    }
}
