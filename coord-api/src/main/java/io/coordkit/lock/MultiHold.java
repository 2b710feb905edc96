package io.coordkit.lock;

import java.time.Duration;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Several locks held together. It is held while all of them are. Each has a token of its own, and there is none for all:
 * a resource is guarded by one of the locks, and compares that one's tokens.
 *
 * <p>Thread-safe; it may be used and closed from any thread.
 */
public final class MultiHold implements AutoCloseable {
    private final Map<String, Hold> holds;

    MultiHold(Map<String, Hold> holds) {
        this.holds = Collections.unmodifiableMap(new LinkedHashMap<>(holds));
    }

    /** The names of the locks, in their order. */
    public Set<String> names() {
        return holds.keySet();
    }

    /**
     * The hold of one of the locks, for example to enter a fence with. It closes with this.
     *
     * @throws IllegalArgumentException if that lock is not among these
     */
    public Hold hold(String name) {
        Hold hold = holds.get(name);
        if (hold == null) {
            throw new IllegalArgumentException("name must be one of " + holds.keySet() + ", was '" + name + "'");
        }
        return hold;
    }

    /**
     * The fencing token of one of the locks.
     *
     * @throws IllegalArgumentException if that lock is not among these
     */
    public long token(String name) {
        return hold(name).token();
    }

    /** How long all are certain to be ours if no renewal succeeds from now on; zero when one is lost or closed. */
    public Duration remaining() {
        return holds.values().stream()
                .map(Hold::remaining)
                .min(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    /** Whether all are held. No I/O. */
    public boolean isHeld() {
        return !remaining().isZero();
    }

    /**
     * Returns if all are still held. No I/O.
     *
     * @throws LockLostException if one was lost; it names which
     * @throws IllegalStateException if this was closed
     */
    public void check() {
        holds.values().forEach(Hold::check);
    }

    /**
     * Runs {@code action} once, on the client's callback executor, when the first of them is lost; at once if one is lost
     * already, never if they were closed first.
     */
    public void onLost(Runnable action) {
        AtomicBoolean told = new AtomicBoolean();
        holds.values()
                .forEach(hold -> hold.onLost(() -> {
                    if (told.compareAndSet(false, true)) {
                        action.run();
                    }
                }));
    }

    /** Gives up all of them, the last first. Does not wait for the store's answer, never throws, is idempotent. */
    @Override
    public void close() {
        MultiLock.closeLastFirst(holds.values());
    }

    @Override
    public String toString() {
        return "MultiHold" + holds.values();
    }
}
