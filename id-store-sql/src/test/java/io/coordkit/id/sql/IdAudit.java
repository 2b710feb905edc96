package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.snowflake.SnowflakeId;
import io.coordkit.id.snowflake.SnowflakeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every id that was ever read here, by worker, time and sequence: for each worker the runs of neighbours, so that memory
 * depends on how often ids were asked for and not on how many came. Thread-safe for readers of different streams.
 */
final class IdAudit {
    private static final int SEQUENCE_BITS = 12;
    private static final int SEQUENCE_MASK = (1 << SEQUENCE_BITS) - 1;
    private static final int WORKER_BITS = 10;
    private static final int BUFFER = 1 << 16;

    private final Map<Integer, Worker> workers = new ConcurrentHashMap<>();

    /** What is known of a worker number: disjoint runs of its positions, time and sequence together, first to last. */
    static final class Worker {
        private final NavigableMap<Long, Long> runs = new TreeMap<>();
        private long count;

        /** False if one of them was there before. */
        private synchronized boolean add(long first, long last) {
            Map.Entry<Long, Long> below = runs.floorEntry(last);
            if (below != null && below.getValue() >= first) {
                return false;
            }
            count += last - first + 1;
            Long end = runs.remove(last + 1);
            runs.put(below != null && below.getValue() == first - 1 ? below.getKey() : first, end == null ? last : end);
            return true;
        }

        synchronized Instant latest() {
            return SnowflakeOptions.DEFAULTS.epoch().plusMillis(runs.lastEntry().getValue() >> SEQUENCE_BITS);
        }

        private synchronized long count() {
            return count;
        }
    }

    Map<Integer, Worker> workers() {
        return workers;
    }

    long count() {
        return workers.values().stream().mapToLong(Worker::count).sum();
    }

    /** Reads ids to the end of the stream, and fails at the first that was there before. */
    void read(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int length = in.readNBytes(buffer, 0, BUFFER); length > 0; length = in.readNBytes(buffer, 0, BUFFER)) {
            // A killed process may leave half an id.
            add(ByteBuffer.wrap(buffer, 0, length).asLongBuffer());
        }
    }

    void add(long id) {
        add(LongBuffer.wrap(new long[] {id}));
    }

    /** Each of them, and the neighbours among them at a time. */
    private void add(LongBuffer ids) {
        while (ids.hasRemaining()) {
            long first = ids.get();
            long last = first;
            while (ids.hasRemaining() && follows(ids.get(ids.position()), last)) {
                last = ids.get();
            }
            add(first, last);
        }
    }

    private static boolean follows(long id, long before) {
        return id == before + 1 && (id & SEQUENCE_MASK) != 0;
    }

    private void add(long first, long last) {
        if (first <= 0) {
            throw new AssertionError(first + " is not an id");
        }
        int number = (int) (first >> SEQUENCE_BITS & ((1 << WORKER_BITS) - 1));
        if (!workers.computeIfAbsent(number, any -> new Worker()).add(position(first), position(last))) {
            SnowflakeId parts = SnowflakeOptions.DEFAULTS.inspect(first);
            throw new AssertionError("issued twice: one of " + first + " to " + last + ", " + parts);
        }
    }

    private static long position(long id) {
        return id >> (SEQUENCE_BITS + WORKER_BITS) << SEQUENCE_BITS | (id & SEQUENCE_MASK);
    }

    /** No id may be above what the store has reserved for its worker number. */
    void assertWithin(WorkerTable table, String tag) {
        var records = table.readAll(tag, Duration.ZERO);
        workers.forEach((number, worker) -> assertThat(
                        records.entry(number).orElseThrow().record().reservedUntil())
                .as("reserved for worker %d", number)
                .isAfterOrEqualTo(worker.latest()));
    }
}
