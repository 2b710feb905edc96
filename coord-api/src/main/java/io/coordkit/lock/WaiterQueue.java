package io.coordkit.lock;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The waiters of one lock, first come first served. Guarded by its {@link NamedLock}. */
final class WaiterQueue {
    private final Deque<Waiter> waiters = new ArrayDeque<>();
    private int impatient; // how many of them do not wait for more than one answer

    boolean isEmpty() {
        return waiters.isEmpty();
    }

    void add(Waiter waiter) {
        waiters.add(waiter);
        impatient += waiter.waits() ? 0 : 1;
    }

    /** Takes out the first; null if there is none. */
    @Nullable
    Waiter poll() {
        Waiter first = waiters.poll();
        impatient -= first == null || first.waits() ? 0 : 1;
        return first;
    }

    /** Takes out that one; false if it is not in here any more. */
    boolean remove(Waiter waiter) {
        boolean removed = waiters.remove(waiter);
        impatient -= removed && !waiter.waits() ? 1 : 0;
        return removed;
    }

    /** Gives those their answer who do not wait for more than one, and takes them out. */
    void dismissImpatient(Consumer<Waiter> answer) {
        if (impatient > 0) {
            waiters.stream().filter(waiter -> !waiter.waits()).forEach(answer);
            waiters.removeIf(waiter -> !waiter.waits());
            impatient = 0;
        }
    }

    /** Gives all their answer, and takes them out. */
    void dismissAll(Consumer<Waiter> answer) {
        waiters.forEach(answer);
        waiters.clear();
        impatient = 0;
    }
}
