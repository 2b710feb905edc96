package io.coordkit.id.spi;

import io.coordkit.id.WorkerGuarantees;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The records of worker numbers in one store: all that a backend must do. What the records mean, when they are written
 * and what follows is decided above, once for all stores.
 *
 * <p>Implementations are thread-safe, may block, and throw {@link io.coordkit.BackendUnreachableException} when the store
 * does not answer.
 */
public interface WorkerRecords extends AutoCloseable {

    /** What can be promised on this store. */
    WorkerGuarantees guarantees();

    /** All records of a tag, with the store's clock. */
    Records readAll(String tag, Duration window);

    /** The record of one number, if there is one, with the store's clock. */
    Records read(String tag, int worker, Duration window);

    /**
     * Writes {@code next} if the store still has {@code expected}, exactly, or none if that is null, and if its clock has
     * not gone back behind {@code readAt}. Repeating it is safe: it then does nothing.
     *
     * @param window how long a dead owner keeps the number, for stores that keep that by a session of their own
     * @return whether it was written
     */
    boolean replace(
            String tag,
            int worker,
            @Nullable WorkerRecord expected,
            WorkerRecord next,
            Instant readAt,
            Duration window);

    /** Frees what was opened. Idempotent. */
    @Override
    void close();

    /**
     * What was read.
     *
     * @param now the store's clock at the reading, in whole milliseconds
     */
    record Records(Instant now, List<Entry> entries) {
        public Records {
            entries = List.copyOf(entries);
        }

        /** The entry of that number. */
        public Optional<Entry> entry(int worker) {
            return entries.stream().filter(entry -> entry.worker() == worker).findFirst();
        }
    }

    /**
     * One record.
     *
     * @param record as it is in the store
     * @param taken whether its owner counts as alive
     * @param usedUntil the last time that may be in an id; later than the record says if the store may have lost a newer
     *     record
     */
    record Entry(int worker, WorkerRecord record, boolean taken, Instant usedUntil) {}
}
