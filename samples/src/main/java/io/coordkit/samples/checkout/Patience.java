package io.coordkit.samples.checkout;

import java.time.Duration;
import java.util.function.LongSupplier;

/** A bounded wait for something outside this process, which can only be asked again and again. Not thread-safe. */
final class Patience {
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final Duration limit;
    private final LongSupplier nanos;
    private final long began;

    /**
     * Begins now.
     *
     * @param nanos monotonic
     */
    Patience(Duration limit, LongSupplier nanos) {
        this.limit = limit;
        this.nanos = nanos;
        this.began = nanos.getAsLong();
    }

    boolean isOver() {
        return nanos.getAsLong() - began >= limit.toNanos();
    }

    void pause() throws InterruptedException {
        Thread.sleep(PAUSE.toMillis());
    }
}
