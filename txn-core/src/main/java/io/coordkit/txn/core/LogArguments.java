package io.coordkit.txn.core;

import java.time.Duration;

/** What every log refuses to be asked. */
final class LogArguments {
    private LogArguments() {}

    /** @throws IllegalArgumentException unless it is 1 ms or longer */
    static Duration lease(Duration lease) {
        if (lease.toMillis() < 1) {
            throw new IllegalArgumentException("lease must be 1 ms or longer, was " + lease);
        }
        return lease;
    }

    /** @throws IllegalArgumentException unless it is 1 or greater */
    static int limit(int limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit must be 1 or greater, was " + limit);
        }
        return limit;
    }
}
