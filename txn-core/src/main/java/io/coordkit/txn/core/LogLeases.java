package io.coordkit.txn.core;

import io.coordkit.txn.spi.CoordinatorLease;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The coordinators on a log in files. They live in the same process, so they are remembered in memory only: when the log
 * is opened, none of those that used it before is alive. Used by one thread.
 */
final class LogLeases {
    private final Map<String, CoordinatorLease> leases = new HashMap<>();
    private final LogClock clock;
    private long lastStart;

    LogLeases(LogClock clock) {
        this.clock = clock;
    }

    CoordinatorLease join(String name, Duration lease) {
        lastStart = Math.max(lastStart + 1, clock.millis());
        return extend(name + "/" + lastStart, lease);
    }

    private CoordinatorLease extend(String coordinator, Duration lease) {
        Instant now = clock.now();
        CoordinatorLease extended = new CoordinatorLease(coordinator, now, now.plus(lease));
        leases.put(name(coordinator), extended);
        return extended;
    }

    /** The last start that was given; were the log's time before it at the next opening, it could be given again. */
    long lastStart() {
        return lastStart;
    }

    Optional<CoordinatorLease> renew(String coordinator, Duration lease) {
        return find(coordinator).map(found -> extend(coordinator, lease));
    }

    void leave(String coordinator) {
        find(coordinator).ifPresent(found -> leases.remove(name(coordinator)));
    }

    boolean isAlive(String coordinator) {
        return find(coordinator)
                .filter(found -> found.until().isAfter(clock.now()))
                .isPresent();
    }

    private Optional<CoordinatorLease> find(String coordinator) {
        return Optional.ofNullable(leases.get(name(coordinator)))
                .filter(found -> found.coordinator().equals(coordinator));
    }

    private static String name(String coordinator) {
        int slash = coordinator.lastIndexOf('/');
        return slash < 0 ? coordinator : coordinator.substring(0, slash);
    }

    /** Forgets those that ended before then. */
    void purge(Instant then) {
        leases.values().removeIf(lease -> lease.until().isBefore(then));
    }
}
