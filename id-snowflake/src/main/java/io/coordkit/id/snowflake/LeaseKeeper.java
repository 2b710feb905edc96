package io.coordkit.id.snowflake;

import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLease;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerWindow;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renews one lease every quarter of its window, and more often after a failure, on a thread of its own: a call to the
 * store may take long. Thread-safe.
 */
final class LeaseKeeper {
    private static final Logger log = LoggerFactory.getLogger(LeaseKeeper.class);
    private static final int RENEWALS_PER_WINDOW = 4;
    private static final int RETRIES_PER_WINDOW = 20;

    private final String tag;
    private final WorkerLease lease;
    private final Duration window;
    private final CoordObserver observer;
    private final Consumer<WorkerWindow> extended;
    private final Runnable ended;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable IdUnavailableException trouble;

    /**
     * @param extended is told of each new window
     * @param ended runs once, when the lease is lost
     */
    LeaseKeeper(
            String tag,
            WorkerLease lease,
            Duration window,
            CoordObserver observer,
            Consumer<WorkerWindow> extended,
            Runnable ended) {
        this.tag = tag;
        this.lease = lease;
        this.window = window;
        this.observer = observer;
        this.extended = extended;
        this.ended = ended;
    }

    void start() {
        if (lease.window().isEndless()) {
            return;
        }
        Thread thread = new Thread(this::keep, "coordkit-worker-lease-" + tag);
        thread.setDaemon(true);
        thread.start();
    }

    /** Why the latest renewal failed, or null if it did not. */
    @Nullable
    IdUnavailableException trouble() {
        return trouble;
    }

    private void keep() {
        try {
            do {
                long pause = window.toNanos() / (trouble == null ? RENEWALS_PER_WINDOW : RETRIES_PER_WINDOW);
                if (closed.await(pause, TimeUnit.NANOSECONDS)) {
                    return;
                }
            } while (renew());
        } catch (InterruptedException e) { // nobody's business but a test's: the window runs out, and callers are told
            log.warn("Ids '{}': the renewal of worker number {} was interrupted and ends", tag, lease.worker());
        }
    }

    /** Renews once; whether the lease can still be kept. */
    boolean renew() {
        try {
            WorkerWindow renewed = lease.renew();
            trouble = null;
            extended.accept(renewed);
            observer.on(new CoordEvent.WorkerLeaseRenewed(tag, lease.worker(), renewed.until()));
            return true;
        } catch (WorkerLeaseLostException e) {
            if (closed.getCount() > 0) {
                trouble = e;
                ended.run();
                log.warn("{}", e.getMessage());
                observer.on(new CoordEvent.WorkerLeaseLost(tag, lease.worker(), e.reason()));
            }
            return false;
        } catch (IdUnavailableException e) {
            failed(e);
            return true;
        } catch (RuntimeException e) { // as a store's client may throw that was closed first; ends no renewals
            failed(new IdUnavailableException(tag, "its worker store failed: " + e, e));
            return true;
        }
    }

    private void failed(IdUnavailableException e) {
        trouble = e;
        log.warn("Worker number {} could not be renewed: {}", lease.worker(), e.getMessage());
        observer.on(new CoordEvent.WorkerLeaseRenewalFailed(tag, lease.worker(), String.valueOf(e.getMessage())));
    }

    /** Ends the renewals and gives the number back. */
    void close(Instant lastUsed) {
        closed.countDown();
        if (!(trouble instanceof WorkerLeaseLostException)) {
            try {
                lease.release(lastUsed);
                observer.on(new CoordEvent.WorkerLeaseReleased(tag, lease.worker(), lastUsed));
            } catch (RuntimeException e) { // as above; the number is free again after its window
                log.warn("Worker number {} of ids '{}' could not be given back", lease.worker(), tag, e);
            }
        }
    }
}
