package io.coordkit.lock;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** How a tenure gets on with the store: whether it answers, and how long to leave it alone. Guarded as its tenure is. */
final class Trouble {
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(50);
    private static final Duration LAST_BACKOFF = Duration.ofSeconds(2);

    private final Duration longestBackoff;
    private boolean everAnswered;
    private @Nullable Throwable failure;
    private int failures;

    Trouble(Duration ttl) {
        Duration sixth = ttl.dividedBy(6);
        this.longestBackoff = sixth.compareTo(LAST_BACKOFF) < 0 ? sixth : LAST_BACKOFF;
    }

    void answered() {
        everAnswered = true;
        failure = null;
        failures = 0;
    }

    void failed(Throwable error) {
        failure = error;
        failures++;
    }

    boolean isFirst() {
        return failures == 1;
    }

    /** The latest failure since the latest answer. */
    @Nullable
    Throwable failure() {
        return failure;
    }

    /** What to tell a waiter whose time is up; null if the store answers. */
    @Nullable
    String describe() {
        if (failure != null) {
            return "asking the store failed " + failures + " times in a row, last: " + failure.getMessage();
        }
        return everAnswered ? null : "the store did not answer in time";
    }

    /** Exponential from 100 ms to 2 s or a sixth of the TTL, and jittered: many locks fail at once. */
    Duration backoff() {
        Duration exponential = FIRST_BACKOFF.multipliedBy(1L << Math.min(failures, 10));
        Duration capped = exponential.compareTo(longestBackoff) < 0 ? exponential : longestBackoff;
        return Duration.ofNanos(ThreadLocalRandom.current().nextLong(capped.toNanos() / 2, capped.toNanos() + 1));
    }
}
