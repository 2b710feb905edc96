package io.coordkit.lock;

import io.coordkit.lock.spi.Candidacy;
import io.coordkit.lock.spi.LockBackend;
import io.coordkit.lock.spi.ReadWriteBackend.Access;
import java.time.Duration;

/** Which lock of a store: a mutex, or one side of a read-write lock, and its name. */
record LockId(String name, Kind kind) {

    /** What kind of lock. */
    enum Kind {
        MUTEX,
        READ,
        WRITE
    }

    static LockId mutex(String name) {
        return new LockId(name, Kind.MUTEX);
    }

    /** The lock itself, of which a read-write lock has two sides. */
    record Lock(String name, boolean readWrite) {}

    Lock lock() {
        return new Lock(name, kind != Kind.MUTEX);
    }

    /** Whether each waiter of a client has a place of his own in the store's queue, for others may hold beside him. */
    boolean isShared() {
        return kind != Kind.MUTEX;
    }

    Candidacy stand(LockBackend backend, Duration ttl, Runnable wake) {
        return switch (kind) {
            case MUTEX -> backend.stand(name, ttl, wake);
            case READ -> standShared(backend, Access.READ, ttl, wake);
            case WRITE -> standShared(backend, Access.WRITE, ttl, wake);
        };
    }

    private Candidacy standShared(LockBackend backend, Access access, Duration ttl, Runnable wake) {
        return backend.readWrite()
                .orElseThrow(
                        () -> new IllegalStateException(backend.guarantees().backend() + " promises what it has not"))
                .stand(name, access, ttl, wake);
    }

    /** The name for log lines. */
    String label() {
        String printable = LockNames.printable(name);
        return switch (kind) {
            case MUTEX -> printable;
            case READ -> printable + " (read)";
            case WRITE -> printable + " (write)";
        };
    }
}
