package io.coordkit.id.segment;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.sql.SqlRangeAllocator;
import io.coordkit.id.sql.SqlRangeOptions;
import io.coordkit.observe.CoordObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** A process of its own that issues ids and marks each of them in a bitmap. */
final class GeneratorProcess {
    /** After that many ids a thread says so. */
    static final int UNDER_WAY = 150;

    private static final int BATCH = 100;

    private GeneratorProcess() {}

    /** What such a process is told. */
    record Orders(
            String url,
            Path bitmap,
            long bits,
            SegmentMode mode,
            Duration runway,
            int step,
            int threads,
            long idsEach) {

        Process start() throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx64m",
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    GeneratorProcess.class.getName()));
            command.addAll(List.of(
                    url,
                    bitmap.toString(),
                    Long.toString(bits),
                    mode.name(),
                    runway.toString(),
                    Integer.toString(step),
                    Integer.toString(threads),
                    Long.toString(idsEach)));
            return new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        }

        static Orders parse(String[] args) {
            return new Orders(
                    args[0],
                    Path.of(args[1]),
                    Long.parseLong(args[2]),
                    SegmentMode.valueOf(args[3]),
                    Duration.parse(args[4]),
                    Integer.parseInt(args[5]),
                    Integer.parseInt(args[6]),
                    Long.parseLong(args[7]));
        }
    }

    public static void main(String[] args) throws Exception {
        Orders orders = Orders.parse(args);
        IdBitmap bitmap = IdBitmap.open(orders.bitmap, orders.bits);
        SegmentOptions options = SegmentOptions.DEFAULTS
                .withMode(orders.mode)
                .withRunway(orders.runway)
                .withMaxStep(orders.step)
                .withPatience(Duration.ofMinutes(1));
        try (RangeAllocator allocator = SqlRangeAllocator.connect(
                        orders.url, new Properties(), SqlRangeOptions.DEFAULTS.withStep(orders.step));
                IdGenerator ids = SegmentIds.over("order", allocator, options, CoordObserver.NONE)) {
            // By hand: it has to be under way soon.
            Thread[] threads = new Thread[orders.threads];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = new Thread(() -> issue(ids, bitmap, orders.idsEach), "issuer-" + i);
                threads[i].start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }

    /** Nine tenths of them one by one. */
    private static void issue(IdGenerator ids, IdBitmap bitmap, long count) {
        long[] batch = new long[BATCH];
        long issued = 0;
        while (issued < count) {
            long left = count - issued;
            if (issued % (10 * BATCH) == 0 && left >= BATCH) {
                ids.fill(batch);
                for (long id : batch) {
                    bitmap.mark(id);
                }
                issued += BATCH;
            } else {
                bitmap.mark(ids.next());
                issued++;
            }
            if (issued == UNDER_WAY) {
                System.out.println("under way");
            }
        }
    }
}
