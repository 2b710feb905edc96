package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.fault.Subject;
import org.junit.jupiter.api.Tag;

/** The peer on a Redis whose wall clock is set. */
@Tag("soak")
class RedissonClockFaultTest extends RedisClockFaultTest {

    @Override
    protected String lockName() {
        return "Redisson RLock";
    }

    @Override
    protected Class<? extends Subject> subject() {
        return RedissonFaultTest.RedissonSubject.class;
    }
}
