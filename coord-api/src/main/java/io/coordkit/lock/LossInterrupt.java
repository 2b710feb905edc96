package io.coordkit.lock;

/** Interrupts one thread when its lock is lost, until it is told that the thread has moved on. */
final class LossInterrupt {
    private final Thread thread = Thread.currentThread();
    private boolean over;
    private boolean fired;

    /** Called when the lock is lost. */
    synchronized void fire() {
        if (!over) {
            fired = true;
            thread.interrupt();
        }
    }

    /** No interrupt comes from here any more, and one that came is taken back. Called by the thread itself. */
    synchronized void end() {
        over = true;
        if (fired) {
            Thread.interrupted();
        }
    }
}
