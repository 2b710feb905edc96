package io.coordkit.lock.memory;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.memory.MemoryStore.Reply;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One attempt at one lock. Immutable; it is known by its identity. */
final class MemoryCandidacy implements Candidacy {
    private final MemoryStore store;
    private final String name;
    private final Duration ttl;
    private final Runnable wake;

    MemoryCandidacy(MemoryStore store, String name, Duration ttl, Runnable wake) {
        this.store = store;
        this.name = name;
        this.ttl = ttl;
        this.wake = wake;
    }

    String name() {
        return name;
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
