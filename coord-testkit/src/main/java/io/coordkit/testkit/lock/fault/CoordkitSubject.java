package io.coordkit.testkit.lock.fault;

import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Any of our own backends, by URI. */
public final class CoordkitSubject implements Subject {

    @Override
    public Client open(String address, Duration ttl, String name) {
        LockClient locks = Locks.open(address, new Settings("", Map.of("ttl", ttl.toString())), CoordObserver.NONE);
        return new Client() {
            @Override
            public Optional<Held> acquire(Duration wait) throws InterruptedException {
                return locks.mutex(name).tryAcquire(wait).map(OurHold::new);
            }

            @Override
            public void close() {
                locks.close();
            }
        };
    }

    private record OurHold(Hold hold) implements Held {
        @Override
        public long token() {
            return hold.token();
        }

        @Override
        public long tokenOnReentry() {
            try (Hold again = hold.reenter()) {
                return again.token();
            }
        }

        @Override
        public boolean isHeld() {
            return hold.isHeld();
        }

        @Override
        public void close() {
            hold.close();
        }
    }
}
