package io.coordkit.testkit.lock;

import io.coordkit.lock.CountingSemaphore;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockAdmin;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockGuarantees;
import io.coordkit.lock.LockTimeoutException;
import io.coordkit.lock.LockUnreachableException;
import io.coordkit.lock.LockedBody;
import io.coordkit.lock.MultiLock;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.ReadWriteMutex;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** A correct client behind a face that breaks those rules which no backend could break. */
final class BrokenClient implements LockClient {
    private final LockClient client;
    private final LockFault fault;

    BrokenClient(LockClient client, LockFault fault) {
        this.client = client;
        this.fault = fault;
    }

    @Override
    public Mutex mutex(String name) {
        if (fault == LockFault.L15_ACCEPTS_ANY_NAME && name.isEmpty()) {
            return client.mutex("empty");
        }
        return new BrokenMutex(client.mutex(name), this::face);
    }

    @Override
    public MultiLock multiLock(Collection<String> names) {
        return switch (fault) {
            case L40_WHAT_WAS_TAKEN_TOGETHER_STAYS, L42_NOBODY_IS_TOLD_OF_A_LOSS_OF_SEVERAL ->
                new ForSeveral(List.of()).multiLock(names);
            case L41_THREE_ARE_TAKEN_BACKWARDS ->
                new ForSeveral(names.size() == 3 ? List.copyOf(new TreeSet<>(names)) : List.of()).multiLock(names);
            default -> LockClient.super.multiLock(names);
        };
    }

    @Override
    public ReadWriteMutex readWrite(String name) {
        return client.readWrite(name);
    }

    @Override
    public LockAdmin admin() {
        return client.admin();
    }

    @Override
    public CountingSemaphore semaphore(String name, int permits) {
        return switch (fault) {
            case L57_ONE_PERMIT_MORE -> client.semaphore(name, permits < 1 || permits > 5 ? permits : permits + 1);
            case L58_A_PERMIT_THAT_IS_GIVEN_UP_STAYS -> new ForSeveral(List.of()).semaphore(name, permits);
            case L59_PERMITS_ARE_FORCED_INTO_THEIR_RANGE ->
                client.semaphore(name, Math.max(1, Math.min(permits, CountingSemaphore.MOST_PERMITS)));
            default -> client.semaphore(name, permits);
        };
    }

    /** The client for several locks; those names that it is given change places, the first and the last. */
    private final class ForSeveral implements LockClient {
        private final List<String> reversed;

        ForSeveral(List<String> reversed) {
            this.reversed = reversed;
        }

        @Override
        public Mutex mutex(String name) {
            int place = reversed.indexOf(name);
            return new BrokenMutex(
                    client.mutex(place < 0 ? name : reversed.get(reversed.size() - 1 - place)), this::face);
        }

        private Hold face(Hold hold) {
            return switch (fault) {
                case L40_WHAT_WAS_TAKEN_TOGETHER_STAYS, L58_A_PERMIT_THAT_IS_GIVEN_UP_STAYS ->
                    new HoldFace(hold) {
                        @Override
                        public void close() {
                            // the fault
                        }
                    };
                case L42_NOBODY_IS_TOLD_OF_A_LOSS_OF_SEVERAL ->
                    new HoldFace(hold) {
                        @Override
                        public void onLost(Runnable action) {
                            // the fault
                        }
                    };
                default -> hold;
            };
        }

        @Override
        public ReadWriteMutex readWrite(String name) {
            return client.readWrite(name);
        }

        @Override
        public LockAdmin admin() {
            return client.admin();
        }

        @Override
        public LockGuarantees guarantees() {
            return client.guarantees();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    @Override
    public LockGuarantees guarantees() {
        return client.guarantees();
    }

    @Override
    public void close() {
        if (fault != LockFault.L17_CLOSE_DOES_NOTHING) {
            client.close();
        }
    }

    private final class BrokenMutex implements Mutex {
        private final Mutex mutex;
        private final UnaryOperator<Hold> face;

        BrokenMutex(Mutex mutex, UnaryOperator<Hold> face) {
            this.mutex = mutex;
            this.face = face;
        }

        @Override
        public String name() {
            return mutex.name();
        }

        @Override
        public Optional<Hold> tryAcquire() throws InterruptedException {
            try {
                return mutex.tryAcquire().map(face);
            } catch (LockUnreachableException e) {
                if (fault == LockFault.L16_UNREACHABLE_IS_CALLED_BUSY) {
                    return Optional.empty();
                }
                throw told(e);
            }
        }

        private LockUnreachableException told(LockUnreachableException failure) {
            return fault == LockFault.L32_THE_ROUND_TRIP_IS_NOT_TOLD
                    ? new LockUnreachableException(name(), "something is wrong", failure)
                    : failure;
        }

        @Override
        public Optional<Hold> tryAcquire(Duration wait) throws InterruptedException {
            return mutex.tryAcquire(wait).map(face);
        }

        @Override
        public Hold acquire(Duration wait) throws InterruptedException {
            try {
                return face.apply(mutex.acquire(wait));
            } catch (LockTimeoutException e) {
                if (fault == LockFault.L4_BUSY_IS_CALLED_UNREACHABLE) {
                    throw new LockUnreachableException(name(), "no idea", e);
                }
                throw e;
            }
        }

        @Override
        public CompletableFuture<Hold> acquireAsync(Duration wait) {
            CompletableFuture<Hold> future = mutex.acquireAsync(wait);
            return fault == LockFault.L5_CANCELLING_DOES_NOT_WITHDRAW ? future.copy() : future;
        }

        @Override
        public <T, E extends Exception> T call(Duration wait, LockedBody<T, E> body) throws InterruptedException, E {
            if (fault == LockFault.L43_EVERYBODY_LEADS) {
                return client.mutex(UUID.randomUUID().toString()).call(wait, body);
            }
            if (fault == LockFault.L20_CALL_DOES_NOT_MIND_A_LOSS
                    || fault == LockFault.L44_A_LEADER_IS_NOT_INTERRUPTED) {
                try (Hold hold = mutex.acquire(wait)) {
                    return body.run(hold);
                }
            }
            return mutex.call(wait, body);
        }

        @Override
        public Lock asLock() {
            Lock lock = mutex.asLock();
            return fault == LockFault.L21_ANYBODY_MAY_UNLOCK ? new CarelessLock(lock) : lock;
        }
    }

    private Hold face(Hold hold) {
        return switch (fault) {
            case L3_REENTRY_DOES_NOT_COUNT -> new UncountedHold(hold);
            case L24_CHECK_KNOWS_ONLY_WHAT_IT_WAS_TOLD -> new CredulousHold(hold);
            default -> hold;
        };
    }

    /** Lets those unlock who have not locked. */
    private static final class CarelessLock extends ReentrantLock {
        private static final long serialVersionUID = 1L;

        private final transient Lock lock;

        CarelessLock(Lock lock) {
            this.lock = lock;
        }

        @Override
        public void lock() {
            lock.lock();
        }

        @Override
        public boolean tryLock() {
            return lock.tryLock();
        }

        @Override
        public void unlock() {
            try {
                lock.unlock();
            } catch (IllegalMonitorStateException notMine) {
                // the fault
            }
        }
    }

    /** Re-enters without a count. */
    private static final class UncountedHold extends HoldFace {
        UncountedHold(Hold hold) {
            super(hold);
        }

        @Override
        public Hold reenter() {
            hold.check();
            return this;
        }
    }

    /** Believes that it is held until it has been told of the loss. */
    private static final class CredulousHold extends HoldFace {
        private volatile boolean told;

        CredulousHold(Hold hold) {
            super(hold);
            hold.onLost(() -> told = true);
        }

        @Override
        public void check() {
            if (told) {
                hold.check();
            }
        }
    }

    /** A hold as it is. */
    private static class HoldFace implements Hold {
        final Hold hold;

        HoldFace(Hold hold) {
            this.hold = hold;
        }

        @Override
        public String name() {
            return hold.name();
        }

        @Override
        public long token() {
            return hold.token();
        }

        @Override
        public Duration remaining() {
            return hold.remaining();
        }

        @Override
        public boolean isHeld() {
            return hold.isHeld();
        }

        @Override
        public void check() {
            hold.check();
        }

        @Override
        public Hold reenter() {
            return hold.reenter();
        }

        @Override
        public void onLost(Runnable action) {
            hold.onLost(action);
        }

        @Override
        public void close() {
            hold.close();
        }
    }
}
