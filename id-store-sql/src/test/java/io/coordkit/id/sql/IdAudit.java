package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.snowflake.SnowflakeId;
import io.coordkit.id.snowflake.SnowflakeOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Every id that was ever read here, as one bit for each worker, millisecond and sequence number. Thread-safe for readers
 * of different streams.
 */
final class IdAudit {
    private static final int SEQUENCES = 4096;
    private static final int BUFFER = 1 << 16;

    private final Map<Integer, Worker> workers = new ConcurrentHashMap<>();

    /** What is known of a worker number. */
    static final class Worker {
        private final Map<Long, long[]> milliseconds = new ConcurrentHashMap<>();
        private long count;
        private long latest;

        private synchronized boolean add(long milli, int sequence) {
            long[] bits = milliseconds.computeIfAbsent(milli, any -> new long[SEQUENCES / Long.SIZE]);
            long bit = 1L << sequence;
            boolean isNew = (bits[sequence / Long.SIZE] & bit) == 0;
            bits[sequence / Long.SIZE] |= bit;
            count++;
            latest = Math.max(latest, milli);
            return isNew;
        }

        synchronized Instant latest() {
            return SnowflakeOptions.DEFAULTS.epoch().plusMillis(latest);
        }
    }

    Map<Integer, Worker> workers() {
        return workers;
    }

    long count() {
        return workers.values().stream().mapToLong(worker -> worker.count).sum();
    }

    /** Reads ids to the end of the stream, and fails at the first that was there before. */
    void read(InputStream in) throws IOException {
        byte[] buffer = new byte[BUFFER];
        for (int length = in.readNBytes(buffer, 0, BUFFER); length > 0; length = in.readNBytes(buffer, 0, BUFFER)) {
            ByteBuffer ids = ByteBuffer.wrap(buffer, 0, length);
            // A killed process may leave half an id.
            while (ids.remaining() >= Long.BYTES) {
                add(ids.getLong());
            }
        }
    }

    void add(long id) {
        if (id <= 0) {
            throw new AssertionError(id + " is not an id");
        }
        Worker worker = workers.computeIfAbsent((int) (id >> 12 & 1023), any -> new Worker());
        if (!worker.add(id >> 22, (int) (id & 4095))) {
            SnowflakeId parts = SnowflakeOptions.DEFAULTS.inspect(id);
            throw new AssertionError("issued twice: " + id + ", " + parts);
        }
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
