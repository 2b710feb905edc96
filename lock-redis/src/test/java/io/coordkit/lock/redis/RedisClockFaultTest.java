package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;

/** One Redis whose wall clock is set, by which it counts TTLs: forward, locks are free at once; back, dead ones stay. */
class RedisClockFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        FakedClock clock = FakedClock.right();
        return new RedisFaultStore(RedisServer.startUnder(clock), List.of(clock));
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(LockFaults.clocksForward("the server", 1, true), LockFaults.clocksBack("the server", 1, true));
    }

    @Override
    protected String lockName() {
        return "lock-redis";
    }
}
