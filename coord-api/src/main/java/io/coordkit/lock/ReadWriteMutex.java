package io.coordkit.lock;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/**
 * A named lock that has, at any time and among all processes, either any number of readers or one writer, as far as the
 * backend's {@link LockGuarantees} go. All are served in the order in which the store heard of them: a writer that waits
 * is overtaken by nobody, and readers that come one after the other are let in together.
 *
 * <p>A writer's token is greater than all before. Readers have the token of the last writer: a resource that compares
 * tokens accepts every reader since, and none from before. Where the store has forgotten the last writer, because
 * nobody has had the lock since, the first reader gets a fresh token, and the others beside it the same.
 *
 * <p>It is a lock of its own: a mutex of the same name has nothing to do with it. A hold does not change its side: whoever
 * reads and then waits to write waits for himself. Get one from {@link LockClient#readWrite}. Immutable, thread-safe.
 */
public final class ReadWriteMutex {
    private final Mutex read;
    private final Mutex write;

    ReadWriteMutex(Mutex read, Mutex write) {
        this.read = read;
        this.write = write;
    }

    /** The name it was made with. */
    public String name() {
        return read.name();
    }

    /** The side of the readers, any number of whom hold it at once. Never handed over locally. */
    public Mutex read() {
        return read;
    }

    /** The side of the writers, one of whom holds it at a time, and nobody reads then. Never handed over locally. */
    public Mutex write() {
        return write;
    }

    /**
     * Both sides as the JDK knows them, each by {@link Mutex#asLock()}. Unlike those of {@link
     * java.util.concurrent.locks.ReentrantReadWriteLock}, a thread that holds the write lock waits for ever for the read
     * lock.
     */
    public ReadWriteLock asReadWriteLock() {
        return new ReadWriteLock() {
            @Override
            public Lock readLock() {
                return read.asLock();
            }

            @Override
            public Lock writeLock() {
                return write.asLock();
            }
        };
    }

    @Override
    public String toString() {
        return "ReadWriteMutex[" + name() + "]";
    }
}
