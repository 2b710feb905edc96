package io.coordkit.lock.memory;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.memory.MemoryStore.Reply;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.ClientNames;
import io.coordkit.lock.spi.ReadWriteBackend.Access;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;

/** One attempt at one lock. Immutable; it is known by its identity. */
final class MemoryCandidacy implements Candidacy {
    private static final AtomicLong NUMBERS = new AtomicLong();
    private static final String CLIENT = ClientNames.next();

    private final MemoryStore store;
    private final String id = CLIENT + ":" + NUMBERS.incrementAndGet();
    private final LockKey key;
    private final boolean reader;
    private final Duration ttl;
    private final Runnable wake;

    /** Which lock of the store. */
    record LockKey(String name, boolean readWrite) {}

    static LockKey mutexKey(String name) {
        return new LockKey(name, false);
    }

    static MemoryCandidacy forMutex(MemoryStore store, String name, Duration ttl, Runnable wake) {
        return new MemoryCandidacy(store, mutexKey(name), false, ttl, wake);
    }

    static MemoryCandidacy toShare(MemoryStore store, String name, Access access, Duration ttl, Runnable wake) {
        return new MemoryCandidacy(store, new LockKey(name, true), access == Access.READ, ttl, wake);
    }

    private MemoryCandidacy(MemoryStore store, LockKey key, boolean reader, Duration ttl, Runnable wake) {
        this.store = store;
        this.key = key;
        this.reader = reader;
        this.ttl = ttl;
        this.wake = wake;
    }

    /** What operators know it by. */
    String id() {
        return id;
    }

    LockKey key() {
        return key;
    }

    boolean isReader() {
        return reader;
    }

    Duration ttl() {
        return ttl;
    }

    Runnable wake() {
        return wake;
    }

    @Override
    public CompletionStage<Answer> request() {
        try {
            Reply<Answer> reply = store.request(this);
            reply.wake().run();
            return CompletableFuture.completedStage(reply.answer());
        } catch (BackendUnreachableException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    CompletionStage<Renewal> renew() {
        try {
            return CompletableFuture.completedStage(store.renew(this));
        } catch (BackendUnreachableException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    @Override
    public CompletionStage<Void> abandon() {
        try {
            store.abandon(this).run();
            return CompletableFuture.completedStage(null);
        } catch (BackendUnreachableException e) {
            return CompletableFuture.failedStage(e);
        }
    }
}
