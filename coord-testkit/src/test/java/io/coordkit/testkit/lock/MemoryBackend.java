package io.coordkit.testkit.lock;

import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Locks in memory, correct unless told to break a rule: the measure of the contract itself. */
final class MemoryBackend implements LockBackend {
    private final MemoryStore store;
    private final LockFault fault;

    MemoryBackend(MemoryStore store, LockFault fault) {
        this.store = store;
        this.fault = fault;
    }

    @Override
    public LockGuarantees guarantees() {
        return new LockGuarantees("memory", Map.of(LockGuarantee.FENCED, "while the process lives"));
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return new MemoryCandidacy(store, fault, name, ttl, wake);
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        return due.stream()
                .map(one -> CompletableFuture.completedStage(((MemoryCandidacy) one).renew()))
                .toList();
    }

    @Override
    public void close() {}
}
