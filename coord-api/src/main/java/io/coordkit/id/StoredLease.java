package io.coordkit.id;

import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import io.coordkit.id.spi.WorkerRecords.Entry;
import io.coordkit.id.spi.WorkerRecords.Records;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One owner's record. See {@link StoredLeases} for the protocol. */
final class StoredLease implements WorkerLease {
    private static final Logger log = LoggerFactory.getLogger(StoredLease.class);
    private static final int ATTEMPTS = 10;

    private final StoredLeases source;
    private final WorkerRecords records;
    private final String tag;
    private final int worker;
    private final Duration length;
    private final String owner;
    private volatile WorkerWindow window;
    private volatile @Nullable String lost;
    private volatile boolean released;

    StoredLease(
            StoredLeases source,
            WorkerRecords records,
            String tag,
            int worker,
            Duration length,
            WorkerRecord mine,
            WorkerWindow window) {
        this.source = source;
        this.records = records;
        this.tag = tag;
        this.worker = worker;
        this.length = length;
        this.owner = mine.owner();
        this.window = window;
    }

    @Override
    public int worker() {
        return worker;
    }

    @Override
    public WorkerWindow window() {
        return window;
    }

    @Override
    public WorkerWindow renew() {
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            requireMine();
            Records read = source.ask(tag, () -> records.read(tag, worker, length));
            @Nullable WorkerWindow renewed = extend(read, read.entry(worker).orElse(null));
            if (renewed != null) {
                window = renewed;
                return renewed;
            }
        }
        throw new IdUnavailableException(
                tag,
                "the record of worker number " + worker + " changed or its store's clock went back " + ATTEMPTS
                        + " times during a renewal",
                null);
    }

    /** The new window, or null if the record has changed since it was read. */
    private @Nullable WorkerWindow extend(Records read, @Nullable Entry entry) {
        Instant until = read.now().plus(length);
        Instant from = window.from();
        @Nullable WorkerRecord found = entry == null ? null : entry.record();
        if (entry == null || found == null) {
            // Lost with its store's data, and perhaps with that of another owner in between: begin as a new one would.
            from = until.plusMillis(1);
        } else if (!found.owner().equals(owner)) {
            lost = found.owner().isEmpty()
                    ? "another owner has had it and given it back"
                    : "it expired, and another owner has it";
            throw lost(lost);
        } else if (entry.usedUntil().isAfter(found.reservedUntil())) {
            // The store has restarted with data that may be old: somebody may have had the number since.
            from = later(from, entry.usedUntil().plusMillis(1));
        }
        if (found != null && !until.isAfter(found.reservedUntil())) {
            return new WorkerWindow(read.now(), from, found.reservedUntil());
        }
        WorkerRecord next = new WorkerRecord(owner, until);
        boolean written = source.ask(tag, () -> records.replace(tag, worker, found, next, read.now(), length));
        return written ? new WorkerWindow(read.now(), from, until) : null;
    }

    @Override
    public void release(Instant lastUsed) {
        if (released || lost != null || source.isClosed()) {
            return;
        }
        released = true;
        // Never below what an earlier owner may have used, and rounded up: the store has milliseconds.
        Instant before = window.from().minusMillis(1);
        Instant used = lastUsed.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS);
        WorkerRecord free = new WorkerRecord(WorkerRecord.NOBODY, later(used, before));
        try {
            Records read = source.ask(tag, () -> records.read(tag, worker, length));
            read.entry(worker)
                    .map(Entry::record)
                    .filter(record -> record.owner().equals(owner))
                    .ifPresent(record ->
                            source.ask(tag, () -> records.replace(tag, worker, record, free, read.now(), length)));
        } catch (IdUnavailableException e) {
            log.info("Ids '{}': worker number {} could not be given back and expires: {}", tag, worker, e.getMessage());
        }
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private void requireMine() {
        String reason = lost;
        if (reason != null) {
            throw lost(reason);
        }
        if (released) {
            throw lost("it was given back");
        }
    }

    private WorkerLeaseLostException lost(String reason) {
        return new WorkerLeaseLostException(tag, worker, reason);
    }
}
