package io.coordkit.lock.memory;

import io.coordkit.lock.LockGuarantee;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.spi.AdminBackend;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.ReadWriteBackend;
import io.coordkit.lock.spi.Renewal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Candidacies in one store. */
final class MemoryBackend implements LockBackend {
    private final MemoryStore store;

    MemoryBackend(MemoryStore store) {
        this.store = store;
    }

    @Override
    public LockGuarantees guarantees() {
        Map<LockGuarantee, String> promised = new EnumMap<>(LockGuarantee.class);
        promised.put(LockGuarantee.FENCED, "while the process lives");
        promised.put(LockGuarantee.FAIR, "within the process");
        promised.put(LockGuarantee.WAKES_ONE, "always");
        promised.put(LockGuarantee.READ_WRITE, "within the process");
        if (store.era() > 0) {
            promised.put(LockGuarantee.FENCED_AFTER_DATA_LOSS, "as long as the era file is kept");
        }
        return new LockGuarantees("memory", promised);
    }

    @Override
    public Candidacy stand(String name, Duration ttl, Runnable wake) {
        return MemoryCandidacy.forMutex(store, name, ttl, wake);
    }

    @Override
    public Optional<ReadWriteBackend> readWrite() {
        return Optional.of((name, access, ttl, wake) -> MemoryCandidacy.toShare(store, name, access, ttl, wake));
    }

    @Override
    public Optional<AdminBackend> admin() {
        return Optional.of(new MemoryAdmin(store));
    }

    @Override
    public List<CompletionStage<Renewal>> renew(List<Candidacy> due) {
        return due.stream()
                .map(candidacy -> ((MemoryCandidacy) candidacy).renew())
                .toList();
    }

    /** Nothing was opened. */
    @Override
    public void close() {}
}
