package io.coordkit.txn.tcc;

import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * What all transactions of one coordinator share.
 *
 * @param participants by name; never changes, so that what recovery finds is what was registered before it
 * @param clock for the deadlines that participants are told
 * @param random for jitter, from 0 (inclusive) to 1
 */
record TccRuntime(
        TxnLog log,
        Map<String, BranchEndpoint> participants,
        CoordinatorThreads threads,
        BranchCaller caller,
        CoordObserver observer,
        RetrySchedule retry,
        Duration callTimeout,
        InstantSource clock,
        DoubleSupplier random) {
    TccRuntime {
        participants = Map.copyOf(participants);
    }

    long nanoTime() {
        return threads.scheduler().nanoTime();
    }

    Duration since(long startNanos) {
        return Duration.ofNanos(nanoTime() - startNanos);
    }

    /** The wait after that many failures. */
    Duration delay(int failures) {
        return retry.delay(failures, random);
    }
}
