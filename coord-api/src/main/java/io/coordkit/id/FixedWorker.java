package io.coordkit.id;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** One number that comes from configuration, and that nobody watches over. Immutable. */
final class FixedWorker implements WorkerLeaseSource {
    private final String name;
    private final int worker;
    private final InstantSource wallClock;

    FixedWorker(String name, int worker, InstantSource wallClock) {
        this.name = name;
        this.worker = worker;
        this.wallClock = wallClock;
    }

    @Override
    public WorkerGuarantees guarantees() {
        return new WorkerGuarantees(name, Map.of());
    }

    @Override
    public WorkerLease acquire(String tag, int workers, Duration window) {
        IdTags.require(tag);
        if (worker < 0 || worker >= workers) {
            throw new IllegalArgumentException("worker must be between 0 and " + (workers - 1) + ", was " + worker);
        }
        Instant now = wallClock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new Lease(worker, new WorkerWindow(now, now, WorkerWindow.ENDLESS));
    }

    @Override
    public void close() {}

    private record Lease(int worker, WorkerWindow window) implements WorkerLease {
        @Override
        public WorkerWindow renew() {
            return window;
        }

        @Override
        public void release(Instant lastUsed) {}
    }
}
