package io.coordkit.lock;

import java.time.Duration;

/**
 * One of the permits of a {@link CountingSemaphore}, until it is closed or lost; it is lost as a {@link Hold} is, and is
 * renewed as one. It has no token: the holders of a semaphore are several, and no resource can tell the older of them.
 *
 * <p>Thread-safe; it may be used and closed from any thread.
 */
public final class Permit implements AutoCloseable {
    private final String name;
    private final Hold slot;

    Permit(String name, Hold slot) {
        this.name = name;
        this.slot = slot;
    }

    /** The name of the semaphore. */
    public String name() {
        return name;
    }

    /** How long it is certain to be ours if no renewal succeeds from now on; zero when it is lost or closed. */
    public Duration remaining() {
        return slot.remaining();
    }

    /** Whether it is held. No I/O. */
    public boolean isHeld() {
        return slot.isHeld();
    }

    /**
     * Returns if it is still held. No I/O.
     *
     * @throws LockLostException if it was lost; it names the semaphore and the slot
     * @throws IllegalStateException if this was closed
     */
    public void check() {
        slot.check();
    }

    /**
     * Runs {@code action} once, on the client's callback executor, when it is lost; at once if it is lost already, never
     * if it was closed first.
     */
    public void onLost(Runnable action) {
        slot.onLost(action);
    }

    /** Gives it up. Does not wait for the store's answer, never throws, is idempotent. */
    @Override
    public void close() {
        slot.close();
    }

    @Override
    public String toString() {
        return "Permit[" + slot.name() + (isHeld() ? "]" : ", not held]");
    }
}
