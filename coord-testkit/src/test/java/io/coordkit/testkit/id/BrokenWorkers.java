package io.coordkit.testkit.id;

import io.coordkit.id.spi.WorkerRecord;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A store of worker numbers with one fault, of those that lie in the store. */
final class BrokenWorkers extends MemoryWorkers {
    /** For others to read what this one is about to write over. */
    private static final long A_MOMENT_NANOS = 100_000_000;

    private final WorkerFault fault;
    private final Map<String, Integer> owners = new ConcurrentHashMap<>();

    BrokenWorkers(InstantSource clock, WorkerFault fault) {
        super(clock);
        this.fault = fault;
    }

    @Override
    public Records readAll(String tag, Duration window) {
        return super.readAll(key(tag), window);
    }

    @Override
    public Records read(String tag, int worker, Duration window) {
        return super.read(key(tag), worker, window);
    }

    @Override
    public boolean replace(
            String tag,
            int worker,
            @Nullable WorkerRecord expected,
            WorkerRecord next,
            Instant readAt,
            Duration window) {
        boolean first = owners.putIfAbsent(next.owner(), owners.size()) == null;
        if (fault == WorkerFault.I20_WRITES_WITHOUT_COMPARING) {
            if (first) {
                LockSupport.parkNanos(this, A_MOMENT_NANOS);
            }
            forget(tag, worker);
            return super.replace(key(tag), worker, null, next, readAt, window);
        }
        return super.replace(key(tag), worker, expected, next, readAt, window);
    }

    @Override
    public void forget(String tag, int worker) {
        super.forget(key(tag), worker);
    }

    @Override
    protected Entry entry(int worker, WorkerRecord record, Instant now) {
        Entry right = super.entry(worker, record, now);
        boolean owned = !record.owner().equals(WorkerRecord.NOBODY);
        return switch (fault) {
            case I22_FREES_A_NUMBER_ONCE_ONLY ->
                new Entry(
                        worker,
                        record,
                        right.taken() || owners.getOrDefault(record.owner(), 0) > 1,
                        record.reservedUntil());
            case I23_FREES_TOO_EARLY ->
                new Entry(
                        worker,
                        record,
                        owned
                                && right.taken()
                                && now.isBefore(record.reservedUntil().minusMillis(900)),
                        record.reservedUntil());
            case I24_STARTS_IN_THE_LAST_OWNERS_WINDOW ->
                new Entry(
                        worker,
                        record,
                        right.taken(),
                        owned ? record.reservedUntil().minusMillis(500) : record.reservedUntil());
            default -> right;
        };
    }

    private String key(String tag) {
        return fault == WorkerFault.I30_IGNORES_CASE ? tag.toLowerCase(Locale.ROOT) : tag;
    }
}
