package io.coordkit.txn.coordinator;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Bounds the calls that are under way to each participant, so that one that does not answer cannot use up what all share;
 * more wait their turn, in order, without a thread. Thread-safe.
 */
final class Permits {
    private final int perParticipant;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Lane> lanes = new HashMap<>();

    /** One participant's permits. */
    private static final class Lane {
        private final Queue<Runnable> waiting = new ArrayDeque<>();
        private int taken;
    }

    Permits(int perParticipant) {
        this.perParticipant = perParticipant;
    }

    /** Runs the task, now or when another has given back its permit; it must {@link #release} in the end. */
    void acquire(String participant, Runnable task) {
        lock.lock();
        try {
            Lane lane = lanes.computeIfAbsent(participant, any -> new Lane());
            if (lane.taken == perParticipant) {
                lane.waiting.add(task);
                return;
            }
            lane.taken++;
        } finally {
            lock.unlock();
        }
        task.run();
    }

    void release(String participant) {
        Runnable next;
        lock.lock();
        try {
            Lane lane = lanes.computeIfAbsent(participant, any -> new Lane());
            next = lane.waiting.poll();
            if (next == null) {
                lane.taken--;
            }
        } finally {
            lock.unlock();
        }
        if (next != null) {
            next.run();
        }
    }
}
