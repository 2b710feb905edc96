package io.coordkit.lock.redlock;

import static java.time.Duration.ofSeconds;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.lock.LockBackendContract;
import io.coordkit.testkit.lock.OwnStore;
import java.time.Duration;
import java.util.Optional;

/** The contract on some nodes, which the test that extends this starts. */
abstract class RedlockContract extends LockBackendContract {
    /** The longest TTL in the contract; a node timeout for a busy machine. */
    private static final RedlockOptions OPTIONS = new RedlockOptions(ofSeconds(60), ofSeconds(1));

    static TestNodes start(int count) {
        return TestNodes.startReady(count, OPTIONS);
    }

    /** What {@link #start} has returned. */
    abstract TestNodes nodes();

    @Override
    protected LockBackend openBackend() {
        return nodes().openBackendPatiently();
    }

    @Override
    protected void loseFromStore(String name) {
        nodes().loseLock(name);
    }

    @Override
    protected Optional<OwnStore> startOwnStore() {
        return Optional.of(new OwnNodes());
    }

    /** The least that such a node timeout allows. */
    @Override
    protected Duration shortTtl() {
        return ofSeconds(2);
    }
}
