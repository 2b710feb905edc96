package io.coordkit.testkit.lock.fault;

import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.Locks;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.Patiently;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Any of our own backends, by URI. Settings may follow it after blanks, for example
 * {@code redlock://127.0.0.1:1,127.0.0.1:2,127.0.0.1:3 max-ttl=PT2S}.
 */
public final class CoordkitSubject implements Subject {

    static LockClient connect(String address, Duration ttl) {
        Map<String, String> settings = new HashMap<>(Map.of("ttl", ttl.toString()));
        String[] words = address.split(" ", -1);
        for (int i = 1; i < words.length; i++) {
            String[] setting = words[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        return Patiently.open(() -> Locks.open(words[0], new Settings("", settings), CoordObserver.NONE));
    }

    @Override
    public Locker open(String address, Duration ttl, String name) {
        LockClient locks = connect(address, ttl);
        return new Locker() {
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
