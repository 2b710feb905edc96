package io.coordkit.txn.coordinator;

import io.coordkit.observe.CoordObserver;
import io.coordkit.txn.core.Membership;
import io.coordkit.txn.core.RetrySchedule;
import io.coordkit.txn.spi.BranchEndpoint;
import io.coordkit.txn.spi.TxnLog;
import io.coordkit.txn.spi.TxnOrigin;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * What all transactions of one coordinator share.
 *
 * @param participants by name; never changes, so that what recovery finds is what was registered before it
 * @param home the name of the log
 * @param membership this coordinator's place in the log
 * @param maxAttempts of a confirm or cancel, before it is given up
 * @param retention how long finished transactions stay in the log
 * @param random for jitter, from 0 (inclusive) to 1
 * @param afterClose ends what was opened along with the coordinator
 */
record CoordinatorRuntime(
        TxnLog log,
        String home,
        Membership membership,
        Map<String, BranchEndpoint> participants,
        CoordinatorThreads threads,
        BranchCaller caller,
        CoordObserver observer,
        RetrySchedule retry,
        Duration callTimeout,
        int maxAttempts,
        Duration retention,
        DoubleSupplier random,
        Runnable afterClose) {
    CoordinatorRuntime {
        participants = Map.copyOf(participants);
    }

    /** The deadline of what begins now, by the log's clock. */
    Instant deadline(Duration timeout) {
        return membership.logTime().plus(timeout).truncatedTo(ChronoUnit.MILLIS);
    }

    /** Where this coordinator's calls come from. */
    TxnOrigin origin(long epoch, Instant deadline) {
        return new TxnOrigin(home, membership.coordinator(), epoch, deadline);
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
