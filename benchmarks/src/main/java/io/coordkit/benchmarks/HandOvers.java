package io.coordkit.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Measures how long a lock takes from the release by one client to the grant to another that has been waiting for it.
 * Each of two threads has a client of its own.
 */
@AuxCounters(AuxCounters.Type.EVENTS)
@State(Scope.Thread)
public class HandOvers {
    /** For so long each holds it, so that the other is certain to wait in the store. */
    private static final long HELD_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    /** How many there were. */
    public long handOvers;

    /** How long they took together. */
    public long waitedNanos;

    /** What both threads know. */
    @State(Scope.Benchmark)
    public static class Shared {
        private final AtomicInteger clients = new AtomicInteger();
        private volatile int lastHolder = -1;
        private volatile long releasedAt;
    }

    /** A thread's place among the clients. */
    @State(Scope.Thread)
    public static class Turn {
        private int client;

        /** Gives the thread its client. */
        @Setup(Level.Trial)
        public void choose(Shared shared) {
            client = shared.clients.getAndIncrement() % 2;
        }

        int client() {
            return client;
        }
    }

    /** To be called as soon as the lock has been acquired. Returns right before it is to be released. */
    void held(Turn turn, Shared shared) {
        int client = turn.client();
        if (shared.lastHolder == 1 - client) {
            handOvers++;
            waitedNanos += System.nanoTime() - shared.releasedAt;
        }
        shared.lastHolder = client;
        LockSupport.parkNanos(HELD_NANOS);
        shared.releasedAt = System.nanoTime();
    }
}
