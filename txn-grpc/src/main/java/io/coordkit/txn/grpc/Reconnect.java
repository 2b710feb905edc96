package io.coordkit.txn.grpc;

import io.grpc.Channel;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Lets the coordinator's schedule rule over the channel's: a channel that lost its peer waits up to two minutes before it
 * tries to connect again, and every call until then fails unsent. At most one nudge in half a second, whatever the number
 * of transactions that wait. Thread-safe.
 */
final class Reconnect {
    private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private final Channel channel;
    private final LongSupplier ticker;
    private final AtomicLong last;

    Reconnect(Channel channel, LongSupplier ticker) {
        this.channel = channel;
        this.ticker = ticker;
        this.last = new AtomicLong(ticker.getAsLong() - PAUSE_NANOS);
    }

    void nudge() {
        if (channel instanceof ManagedChannel managed
                && managed.getState(false) == ConnectivityState.TRANSIENT_FAILURE) {
            long now = ticker.getAsLong();
            long before = last.get();
            if (now - before >= PAUSE_NANOS && last.compareAndSet(before, now)) {
                managed.resetConnectBackoff();
            }
        }
    }
}
