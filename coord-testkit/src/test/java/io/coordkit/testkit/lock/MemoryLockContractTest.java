package io.coordkit.testkit.lock;

import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.lock.spi.LockBackend;
import java.util.Optional;
import java.util.function.UnaryOperator;

class MemoryLockContractTest extends LockBackendContract {
    private final MemoryLocks store = MemoryLocks.create();

    @Override
    protected LockBackend openBackend() {
        return store.backend();
    }

    @Override
    protected void loseFromStore(String name) {
        store.forget(name);
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(new OwnMemory(UnaryOperator.identity()));
    }
}
