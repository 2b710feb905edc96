package io.coordkit.testkit.lock;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What the faulty backends of one test know of each other. */
final class FaultyStore {
    private final Map<String, Lock> locks = new ConcurrentHashMap<>();

    Lock lock(String name) {
        return locks.computeIfAbsent(name, key -> new Lock());
    }

    /** One lock. Guarded by itself; the lock core calls, and is woken, with no guard of its own. */
    static final class Lock {
        /** In the order in which they were told to wait. */
        final List<FaultyCandidacy> waiting = new ArrayList<>();

        /** Those that wait to write where others read. */
        final Set<FaultySharing.Place> waitingWriters = new LinkedHashSet<>();

        @Nullable
        FaultyCandidacy holder;

        long highest;
        long freeAt;
        int requests;
        boolean asleep; // nobody is woken at the moment
    }
}
