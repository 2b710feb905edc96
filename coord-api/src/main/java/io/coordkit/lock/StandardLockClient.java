package io.coordkit.lock;

import io.coordkit.lock.spi.LockBackend;

final class StandardLockClient implements LockClient {
    StandardLockClient(LockBackend b, LockOptions o, LockRuntime r) {}

    @Override
    public Mutex mutex(String name) {
        throw new IllegalStateException();
    }

    @Override
    public LockGuarantees guarantees() {
        throw new IllegalStateException();
    }

    @Override
    public void close() {}
}
