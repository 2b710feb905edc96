package io.coordkit.id.sql;

import io.coordkit.id.IdRange;
import io.coordkit.id.RangeAllocator;
import java.util.Properties;
import java.util.stream.IntStream;

/** A process of its own that prints the ranges it gets: URL, tag, how many, by how many threads. */
final class RangeWriter {
    private RangeWriter() {}

    public static void main(String[] args) throws InterruptedException {
        int count = Integer.parseInt(args[2]);
        try (RangeAllocator allocator =
                SqlRangeAllocator.connect(args[0], new Properties(), SqlRangeOptions.DEFAULTS.withStep(7))) {
            Runnable task = () -> IntStream.range(0, count).forEach(i -> {
                IdRange range = allocator.allocate(args[1]);
                System.out.println(range.from() + " " + range.to());
            });
            Thread[] threads = IntStream.range(0, Integer.parseInt(args[3]))
                    .mapToObj(i -> new Thread(task, "writer-" + i))
                    .toArray(Thread[]::new);
            for (Thread thread : threads) {
                thread.start();
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
    }
}
