package io.coordkit.observe;

import org.slf4j.LoggerFactory;

/**
 * Receives every lock, id and transaction event. Metrics and tracing are adapters on it.
 *
 * <p>Called on the thread on which the event happens, I/O threads included: it must be thread-safe, quick, and must not
 * block. What it throws is logged and otherwise ignored.
 */
@FunctionalInterface
public interface CoordObserver {
    /** Ignores everything. */
    CoordObserver NONE = event -> {};

    /** Something happened. */
    void on(CoordEvent event);

    /** This observer, with its failures logged instead of thrown. */
    default CoordObserver guarded() {
        return event -> {
            try {
                on(event);
            } catch (RuntimeException e) {
                LoggerFactory.getLogger(CoordObserver.class).warn("Observer failed on {}", event, e);
            }
        };
    }
}
