package io.coordkit.testkit.id;

import io.coordkit.id.IdTags;
import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerGuarantees;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of worker numbers in memory, under any clock: the reference that the contract is first run against, and what
 * a simulation of many generators shares.
 *
 * <p>Thread-safe.
 */
public class MemoryWorkers implements WorkerRecords {
    private final Map<String, Map<Integer, WorkerRecord>> store = new ConcurrentHashMap<>();
    private final InstantSource clock;

    /** An empty store with that clock. */
    public MemoryWorkers(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public WorkerGuarantees guarantees() {
        String always = "while the process lives";
        return new WorkerGuarantees(
                "memory",
                Map.of(
                        WorkerGuarantee.EXCLUSIVE, always,
                        WorkerGuarantee.ZOMBIE_SAFE, always,
                        WorkerGuarantee.RESTART_SAFE, always,
                        WorkerGuarantee.STORE_CLOCK, always,
                        WorkerGuarantee.SURVIVES_DATA_LOSS, "if the clock is not behind where it was"));
    }

    @Override
    public Records readAll(String tag, Duration window) {
        Instant now = now();
        return new Records(
                now,
                records(tag).entrySet().stream()
                        .map(entry -> entry(entry.getKey(), entry.getValue(), now))
                        .toList());
    }

    @Override
    public Records read(String tag, int worker, Duration window) {
        Instant now = now();
        WorkerRecord record = records(tag).get(worker);
        return new Records(now, record == null ? List.of() : List.of(entry(worker, record, now)));
    }

    /** What a record means at that time. */
    protected Entry entry(int worker, WorkerRecord record, Instant now) {
        boolean taken = !record.owner().equals(WorkerRecord.NOBODY) && !now.isAfter(record.reservedUntil());
        return new Entry(worker, record, taken, record.reservedUntil());
    }

    @Override
    public boolean replace(
            String tag,
            int worker,
            @Nullable WorkerRecord expected,
            WorkerRecord next,
            Instant readAt,
            Duration window) {
        if (now().isBefore(readAt)) {
            return false;
        }
        if (expected == null) {
            return records(tag).putIfAbsent(worker, next) == null;
        }
        return records(tag).replace(worker, expected, next);
    }

    /** Forgets a number's record, as a store does that loses its data. */
    public void forget(String tag, int worker) {
        records(tag).remove(worker);
    }

    /** Forgets everything. */
    public void forgetAll() {
        store.clear();
    }

    private Map<Integer, WorkerRecord> records(String tag) {
        return store.computeIfAbsent(IdTags.require(tag), any -> new ConcurrentHashMap<>());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public void close() {}
}
