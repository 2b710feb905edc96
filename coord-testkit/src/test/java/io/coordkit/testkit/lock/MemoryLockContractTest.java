package io.coordkit.testkit.lock;

import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.lock.spi.LockBackend;
import java.time.Duration;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The contract on a store for each test; they mostly wait, so they run side by side. */
@Execution(ExecutionMode.CONCURRENT)
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
    protected Duration shortTtl() {
        return Duration.ofSeconds(2);
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(new OwnMemory(UnaryOperator.identity()));
    }
}
