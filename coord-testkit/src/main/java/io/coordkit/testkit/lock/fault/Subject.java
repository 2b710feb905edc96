package io.coordkit.testkit.lock.fault;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A lock that contends under faults: one of ours or a peer's. An implementation has a public constructor without
 * parameters, for it is opened in processes of its own.
 */
public interface Subject {

    /**
     * One client of the lock.
     *
     * @param address of the store, as the backend's {@link FaultStore} makes it
     * @param ttl how long a silent holder may block the others
     * @param name the lock's
     */
    Locker open(String address, Duration ttl, String name) throws Exception;

    /** A client that takes the lock again and again, on one thread. */
    interface Locker extends AutoCloseable {

        /** Takes it, or nothing if it stayed busy; anything thrown says that the store was in trouble. */
        Optional<Held> acquire(Duration wait) throws Exception;

        @Override
        void close();
    }

    /** The lock while it is held. */
    interface Held extends AutoCloseable {

        /** A lock of a peer that has no tokens. */
        static Held withoutToken(BooleanSupplier isHeld, Runnable close) {
            return new Held() {
                @Override
                public long token() {
                    return 0;
                }

                @Override
                public long tokenOnReentry() {
                    return 0;
                }

                @Override
                public boolean isHeld() {
                    return isHeld.getAsBoolean();
                }

                @Override
                public void close() {
                    close.run();
                }
            };
        }

        /** Its fencing token; 0 if the lock has none. */
        long token();

        /** The token of a further hold that is given up again; the same, if re-entry keeps it. */
        long tokenOnReentry();

        /** Whether the client still thinks that it holds the lock, as its users would ask it before a write. */
        boolean isHeld();

        @Override
        void close();
    }
}
