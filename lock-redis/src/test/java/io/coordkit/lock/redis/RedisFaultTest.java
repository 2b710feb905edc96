package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;

/** One Redis that keeps its data on disk. */
class RedisFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new RedisFaultStore(RedisServer.startDurable(), List.of());
    }

    @Override
    protected List<LockFault> faults() {
        return LockFaults.OF_ONE_SERVER;
    }

    @Override
    protected String lockName() {
        return "lock-redis";
    }
}
