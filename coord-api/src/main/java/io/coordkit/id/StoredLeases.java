package io.coordkit.id;

import io.coordkit.BackendUnreachableException;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import io.coordkit.id.spi.WorkerRecords.Entry;
import io.coordkit.id.spi.WorkerRecords.Records;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Worker numbers as records in a store, with <em>reserved time windows</em>.
 *
 * <p><b>The record</b> of a number holds its owner and {@code reservedUntil}: the last time that may be in an id of that
 * number. It is written by compare-and-set before a generator may use what it reserves, and its {@code reservedUntil}
 * never falls below what an id holds. So the next owner begins right after it, and no two owners share a time, whatever
 * their clocks say and however long one of them was stopped.
 *
 * <p><b>The bound.</b> {@code reservedUntil} is never later than the store's clock plus the window at the time of writing.
 * So a number whose record is missing, never written or lost, can have been used until then at most, and its next owner
 * begins after that. Nor can a crash loop push a number into the future: who finds no room takes another or waits.
 *
 * <p><b>Expiry.</b> A number is free once the store's clock has passed its {@code reservedUntil}, or its owner has given
 * it back, or the store's own session of the owner has ended. An owner that comes late keeps the number unless somebody
 * has taken it.
 *
 * <p>Thread-safe.
 */
final class StoredLeases implements WorkerLeaseSource {
    private static final Duration MIN_WINDOW = Duration.ofMillis(100);
    private static final Duration MAX_WINDOW = Duration.ofHours(1);
    private static final int ATTEMPTS = 200;
    /** Numbers are chosen at random among so many equally good ones, or those who start together would collide. */
    private static final int SPREAD = 64;

    private final WorkerRecords records;
    private volatile boolean closed;

    StoredLeases(WorkerRecords records) {
        this.records = records;
    }

    @Override
    public WorkerGuarantees guarantees() {
        return records.guarantees();
    }

    @Override
    public WorkerLease acquire(String tag, int workers, Duration window) {
        IdTags.require(tag);
        if (workers < 1) {
            throw new IllegalArgumentException("workers must be at least 1, was " + workers);
        }
        if (window.compareTo(MIN_WINDOW) < 0 || window.compareTo(MAX_WINDOW) > 0) {
            throw new IllegalArgumentException(
                    "window must be between " + MIN_WINDOW + " and " + MAX_WINDOW + ", was " + window);
        }
        String owner = UUID.randomUUID().toString();
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            Records read = ask(tag, () -> records.readAll(tag, window));
            Candidate free = choose(read, workers, window)
                    .orElseThrow(() -> new IdUnavailableException(tag, allTaken(read, workers), null));
            WorkerRecord mine = new WorkerRecord(owner, read.now().plus(window));
            if (ask(tag, () -> records.replace(tag, free.worker, free.record, mine, read.now(), window))) {
                WorkerWindow first = new WorkerWindow(read.now(), free.usedUntil.plusMillis(1), mine.reservedUntil());
                return new StoredLease(this, records, tag, free.worker, window, mine, first);
            }
        }
        throw new IdUnavailableException(
                tag, "others were faster " + ATTEMPTS + " times in taking a worker number", null);
    }

    /** A number that may be taken, and what the store has of it. */
    private record Candidate(int worker, @Nullable WorkerRecord record, Instant usedUntil) {}

    /** Known ones first, longest unused first: they need less waiting than new ones, and mostly none. */
    private static Optional<Candidate> choose(Records read, int workers, Duration window) {
        List<Entry> known = read.entries().stream()
                .filter(entry -> entry.worker() < workers)
                .toList();
        List<Entry> free = known.stream()
                .filter(entry ->
                        !entry.taken() && !entry.usedUntil().isAfter(read.now().plus(window)))
                .sorted(Comparator.comparing(Entry::usedUntil).thenComparing(Entry::worker))
                .toList();
        if (!free.isEmpty()) {
            // If there are few, the first of them: its last owner is the least likely to come back.
            Entry entry = free.get(ThreadLocalRandom.current().nextInt(Math.min(1 + free.size() / 4, SPREAD)));
            return Optional.of(new Candidate(entry.worker(), entry.record(), entry.usedUntil()));
        }
        int unknown = workers - known.size();
        if (unknown == 0) {
            return Optional.empty();
        }
        Set<Integer> numbers = known.stream().map(Entry::worker).collect(Collectors.toSet());
        int skip = ThreadLocalRandom.current().nextInt(Math.min(unknown, SPREAD));
        int worker = 0;
        for (; numbers.contains(worker) || skip > 0; worker++) {
            skip -= numbers.contains(worker) ? 0 : 1;
        }
        return Optional.of(new Candidate(worker, null, read.now().plus(window)));
    }

    private String allTaken(Records read, int workers) {
        String soonest = read.entries().stream()
                .filter(entry -> entry.worker() < workers)
                .map(Entry::usedUntil)
                .min(Comparator.naturalOrder())
                .map(until -> "; the first one is free at " + until + " if its owner is dead, and it is " + read.now())
                .orElse("");
        return "all " + workers + " worker numbers are taken in " + guarantees().source() + soonest
                + ". Stop generators, or choose a layout with more worker bits";
    }

    boolean isClosed() {
        return closed;
    }

    /** The store's answer; that there is none is told for the tag. */
    <T> T ask(String tag, Supplier<T> question) {
        if (closed) {
            throw new IdUnavailableException(tag, "the source of its worker numbers is closed", null);
        }
        try {
            return question.get();
        } catch (BackendUnreachableException e) {
            throw new IdUnavailableException(tag, "its worker store did not answer: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            records.close();
        }
    }
}
