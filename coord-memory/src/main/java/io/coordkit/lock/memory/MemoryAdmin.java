package io.coordkit.lock.memory;

import io.coordkit.BackendUnreachableException;
import io.coordkit.lock.LockStatus;
import io.coordkit.lock.memory.MemoryStore.Reply;
import io.coordkit.lock.spi.AdminBackend;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** What operators ask of a store in memory. */
final class MemoryAdmin implements AdminBackend {
    private final MemoryStore store;

    MemoryAdmin(MemoryStore store) {
        this.store = store;
    }

    @Override
    public CompletionStage<Optional<LockStatus>> inspect(String name) {
        return answer(() -> store.status(name));
    }

    @Override
    public CompletionStage<List<String>> list(String prefix, int limit) {
        return answer(() -> store.names(prefix, limit));
    }

    @Override
    public CompletionStage<Boolean> revoke(LockStatus holder, String reason) {
        return answer(() -> store.revoke(holder, reason));
    }

    @Override
    public CompletionStage<Boolean> delete(LockStatus holder) {
        return answer(() -> {
            Reply<Boolean> reply = store.remove(holder);
            reply.wake().run();
            return reply.answer();
        });
    }

    private static <T> CompletionStage<T> answer(Supplier<T> question) {
        try {
            return CompletableFuture.completedStage(question.get());
        } catch (BackendUnreachableException e) {
            return CompletableFuture.failedStage(e);
        }
    }
}
