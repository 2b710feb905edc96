package io.coordkit.txn.core;

/** A disk that interrupts threads right before one of its operations, its own user among them. */
final class InterruptingDisk extends DelegatingDisk {
    private final int at;
    private final Thread other;
    private int operations;

    /**
     * @param at the number of the operation, from 1
     * @param other whom to interrupt as well
     */
    InterruptingDisk(LogDisk disk, int at, Thread other) {
        super(disk);
        this.at = at;
        this.other = other;
    }

    @Override
    synchronized void change() {
        operations++;
        if (operations == at) {
            Thread.currentThread().interrupt();
            other.interrupt();
        }
    }

    synchronized int operations() {
        return operations;
    }
}
