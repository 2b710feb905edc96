package io.coordkit.txn.core;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * How long to wait before something that failed is tried again: exponentially longer, up to a bound, and a random part
 * shorter, so that those who failed together do not come back together. Source: Marc Brooker, "Exponential Backoff And
 * Jitter", AWS Architecture Blog, 2015. Immutable.
 *
 * @param first the wait after the first failure; 1 ms or longer
 * @param max the longest wait; from {@code first} to 1 hour
 * @param factor how much longer each wait is than the one before; 1 to 10
 * @param jitter the part of each wait that is random: 0 for none, 1 for all of it
 */
public record RetrySchedule(Duration first, Duration max, double factor, double jitter) {
    private static final Duration MIN_FIRST = Duration.ofMillis(1);
    private static final Duration MAX_MAX = Duration.ofHours(1);

    /** 100 ms, doubled up to 10 s, half of it random. */
    public static final RetrySchedule DEFAULTS =
            new RetrySchedule(Duration.ofMillis(100), Duration.ofSeconds(10), 2.0, 0.5);

    public RetrySchedule {
        if (first.compareTo(MIN_FIRST) < 0) {
            throw new IllegalArgumentException("first must be " + MIN_FIRST + " or longer, was " + first);
        }
        if (max.compareTo(first) < 0 || max.compareTo(MAX_MAX) > 0) {
            throw new IllegalArgumentException("max must be between " + first + " and " + MAX_MAX + ", was " + max);
        }
        if (!(factor >= 1 && factor <= 10)) {
            throw new IllegalArgumentException("factor must be between 1 and 10, was " + factor);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be between 0 and 1, was " + jitter);
        }
    }

    /** This schedule with another first and longest wait. */
    public RetrySchedule withWaits(Duration newFirst, Duration newMax) {
        return new RetrySchedule(newFirst, newMax, factor, jitter);
    }

    /**
     * The wait after that many failures.
     *
     * @param failures 1 or greater
     * @param random gives numbers from 0 (inclusive) to 1
     */
    public Duration delay(int failures, DoubleSupplier random) {
        if (failures < 1) {
            throw new IllegalArgumentException("failures must be 1 or greater, was " + failures);
        }
        double full = Math.min((double) max.toNanos(), first.toNanos() * Math.pow(factor, failures - 1.0));
        return shortened(full, random);
    }

    /** The longest wait, with its random part. */
    public Duration slowest(DoubleSupplier random) {
        return shortened((double) max.toNanos(), random);
    }

    private Duration shortened(double nanos, DoubleSupplier random) {
        return Duration.ofNanos((long) (nanos * (1 - jitter * random.getAsDouble())));
    }
}
