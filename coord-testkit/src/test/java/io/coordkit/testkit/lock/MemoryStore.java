package io.coordkit.testkit.lock;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state that the in-memory backends of one test share. Guarded by itself. */
final class MemoryStore {
    private final Map<String, Entry> entries = new HashMap<>();
    private final LongSupplier nanoTicker;
    private long highWater;

    MemoryStore(LongSupplier nanoTicker) {
        this.nanoTicker = nanoTicker;
    }

    /** One lock. */
    static final class Entry {
        final Deque<MemoryCandidacy> queue = new ArrayDeque<>();

        @Nullable
        MemoryCandidacy holder;

        long grant;
        long expiresAt;
        long freeAt;
        int requests;
    }

    synchronized void lose(String name) {
        entries.remove(name);
    }

    Entry entry(String name) {
        return entries.computeIfAbsent(name, key -> new Entry());
    }

    long nextGrant() {
        return ++highWater;
    }

    long now() {
        return nanoTicker.getAsLong();
    }

    long in(Duration duration) {
        return now() + duration.toNanos();
    }
}
