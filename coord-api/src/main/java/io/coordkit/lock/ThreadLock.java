package io.coordkit.lock;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A mutex as a {@link Lock}: owned by the thread, re-entered by it without a round trip. All adapters of one name in one
 * client are the same lock, for what a thread owns is kept by the client.
 */
final class ThreadLock implements Lock {
    private final Mutex mutex;
    private final LockId id;
    private final Map<Owner, Owned> register;

    /** Whose lock. */
    record Owner(LockId id, Thread thread) {}

    /** What a thread has of one lock; touched by that thread alone. */
    static final class Owned {
        private final Hold hold;
        private int entries = 1;

        Owned(Hold hold) {
            this.hold = hold;
        }
    }

    /** One interruptible way to get a hold. */
    @FunctionalInterface
    private interface Attempt {
        Optional<Hold> make() throws InterruptedException;
    }

    ThreadLock(Mutex mutex, LockId id, Map<Owner, Owned> register) {
        this.mutex = mutex;
        this.id = id;
        this.register = register;
    }

    @Override
    public void lock() {
        if (!reenter()) {
            own(uninterruptibly(() -> Optional.of(mutex.acquire(LockNames.MAX_WAIT))));
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        if (!reenter()) {
            own(Optional.of(mutex.acquire(LockNames.MAX_WAIT)));
        }
    }

    @Override
    public boolean tryLock() {
        return reenter() || own(uninterruptibly(mutex::tryAcquire));
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        if (reenter()) {
            return true;
        }
        if (time <= 0) {
            return own(mutex.tryAcquire());
        }
        boolean forEver = time > unit.convert(LockNames.MAX_WAIT); // Long.MAX_VALUE is usual for it
        return own(mutex.tryAcquire(forEver ? LockNames.MAX_WAIT : Duration.of(time, unit.toChronoUnit())));
    }

    @Override
    public void unlock() {
        Owner me = me();
        Owned owned = register.get(me);
        if (owned == null) {
            throw new IllegalMonitorStateException(
                    "Lock '" + LockNames.printable(mutex.name()) + "' is not held by " + me.thread());
        }
        owned.entries--;
        if (owned.entries == 0) {
            register.remove(me);
            try (Hold last = owned.hold) {
                last.check(); // whoever unlocks believes that it was held until now
            }
        }
    }

    /** Conditions belong to one JVM; a distributed lock has none. */
    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("A distributed lock has no conditions");
    }

    private boolean reenter() {
        Owned owned = register.get(me());
        if (owned == null) {
            return false;
        }
        owned.hold.check();
        owned.entries++;
        return true;
    }

    private boolean own(Optional<Hold> hold) {
        hold.ifPresent(given -> register.put(me(), new Owned(given)));
        return hold.isPresent();
    }

    private static Optional<Hold> uninterruptibly(Attempt attempt) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return attempt.make();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private Owner me() {
        return new Owner(id, Thread.currentThread());
    }
}
