package io.coordkit.testkit.lock;

import io.coordkit.lock.memory.MemoryLocks;
import io.coordkit.lock.spi.LockBackend;
import java.util.function.UnaryOperator;

/** A store in memory of one's own. */
class OwnMemory implements OwnStore {
    private final MemoryLocks store = MemoryLocks.create();
    private final UnaryOperator<LockBackend> face;

    /** @param face what stands between the store and its users */
    OwnMemory(UnaryOperator<LockBackend> face) {
        this.face = face;
    }

    @Override
    public LockBackend open() {
        return face.apply(store.backend());
    }

    @Override
    public String address() {
        return store.toString();
    }

    @Override
    public void stop() {
        store.stop();
    }

    @Override
    public void start() {
        store.start();
    }

    @Override
    public void close() {
        store.stop();
    }
}
