package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.fault.Subject;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** The peer under the same faults: Redisson's RLock, with a watchdog of the same TTL. */
@Tag("soak")
class RedissonFaultTest extends RedisFaultTest {

    @Override
    protected String lockName() {
        return "Redisson RLock";
    }

    @Override
    protected Class<? extends Subject> subject() {
        return RedissonSubject.class;
    }

    /** Redisson as its manual shows it. */
    public static final class RedissonSubject implements Subject {
        @Override
        public Locker open(String address, Duration ttl, String name) {
            Config config = new Config();
            config.setLockWatchdogTimeout(ttl.toMillis());
            config.useSingleServer().setAddress(address);
            RedissonClient redisson = Redisson.create(config);
            return new Locker() {
                @Override
                public Optional<Held> acquire(Duration wait) throws InterruptedException {
                    RLock lock = redisson.getLock(name); // whether it is held only Redis could tell, over and over
                    return lock.tryLock(wait.toMillis(), TimeUnit.MILLISECONDS)
                            ? Optional.of(Held.withoutToken(() -> true, lock::unlock))
                            : Optional.empty();
                }

                @Override
                public void close() {
                    redisson.shutdown();
                }
            };
        }
    }
}
