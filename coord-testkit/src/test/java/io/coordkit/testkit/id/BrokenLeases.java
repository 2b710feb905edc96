package io.coordkit.testkit.id;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerGuarantees;
import io.coordkit.id.WorkerLease;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.id.WorkerWindow;
import io.coordkit.id.spi.WorkerRecord;
import io.coordkit.id.spi.WorkerRecords;
import java.time.Duration;
import java.time.Instant;

/** A source of worker numbers with one fault, of those that lie above the store. */
final class BrokenLeases implements WorkerLeaseSource {
    private static final Duration SOME_WINDOW = Duration.ofSeconds(1);

    private final WorkerRecords records;
    private final WorkerLeaseSource right;
    private final WorkerFault fault;

    BrokenLeases(WorkerRecords records, WorkerFault fault) {
        this.records = records;
        this.right = WorkerLeases.on(records);
        this.fault = fault;
    }

    @Override
    public WorkerGuarantees guarantees() {
        return right.guarantees();
    }

    @Override
    public WorkerLease acquire(String tag, int workers, Duration window) {
        try {
            return new Lease(tag, right.acquire(tag, workers, window));
        } catch (IdUnavailableException e) {
            if (fault == WorkerFault.I21_DOES_NOT_SAY_WHY_THERE_IS_NONE) {
                throw new IdUnavailableException(tag, "no worker number", e);
            }
            throw e;
        } catch (IllegalArgumentException e) {
            if (fault == WorkerFault.I31_ACCEPTS_ANYTHING) {
                return new Lease("any", right.acquire("any" + System.nanoTime(), 1, SOME_WINDOW));
            }
            throw e;
        }
    }

    @Override
    public void close() {
        if (fault != WorkerFault.I32_GIVES_OUT_AFTER_CLOSE) {
            right.close();
        }
    }

    private final class Lease implements WorkerLease {
        private final String tag;
        private final WorkerLease lease;
        private final WorkerWindow first;
        private volatile boolean renewed;
        private volatile boolean released;

        Lease(String tag, WorkerLease lease) {
            this.tag = tag;
            this.lease = lease;
            this.first = lease.window();
        }

        @Override
        public int worker() {
            return lease.worker();
        }

        @Override
        public WorkerWindow window() {
            WorkerWindow right = lease.window();
            Instant from = right.from();
            Instant until = right.until();
            if (fault == WorkerFault.I25_RESERVES_MORE_ON_RENEWAL && renewed) {
                until = until.plusMillis(1);
            }
            if (fault == WorkerFault.I26_STARTS_A_NEW_NUMBER_AT_ONCE
                    && from.equals(first.from())
                    && from.isAfter(first.storeNow())) {
                from = first.storeNow();
            }
            if (fault == WorkerFault.I34_GOES_ON_WITHOUT_A_RECORD) {
                from = first.from();
            }
            return new WorkerWindow(right.storeNow(), from, until);
        }

        @Override
        public WorkerWindow renew() {
            Instant until = lease.window().until();
            if (fault == WorkerFault.I33_GIVES_UP_WHAT_NOBODY_HAS_TAKEN
                    && records.read(tag, worker(), SOME_WINDOW).now().isAfter(until)) {
                throw new WorkerLeaseLostException(tag, worker(), "late");
            }
            try {
                lease.renew();
                renewed = true;
            } catch (WorkerLeaseLostException e) {
                if (fault != WorkerFault.I27_KEEPS_WHAT_IS_LOST || released) {
                    throw e;
                }
            }
            return window();
        }

        @Override
        public void release(Instant lastUsed) {
            if (fault == WorkerFault.I28_GIVES_NOTHING_BACK) {
                return;
            }
            if (fault == WorkerFault.I29_GIVES_BACK_WHAT_IS_NOT_ITS_OWN && !released) {
                WorkerRecords.Records read = records.read(tag, worker(), SOME_WINDOW);
                WorkerRecord free = new WorkerRecord(WorkerRecord.NOBODY, lastUsed);
                read.entry(worker())
                        .ifPresent(
                                entry -> records.replace(tag, worker(), entry.record(), free, read.now(), SOME_WINDOW));
            }
            released = true;
            lease.release(lastUsed);
        }
    }
}
