package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.util.List;

/** One ZooKeeper whose wall clock is set: it counts sessions by a monotonic one, so nothing may come of it. */
class ZooKeeperClockFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        FakedClock clock = FakedClock.right();
        return new ZooKeeperFaultStore(List.of(ZooKeeperServer.startUnder(clock)), List.of(clock));
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(LockFaults.clocksForward("the server", 1, false), LockFaults.clocksBack("the server", 1, false));
    }

    @Override
    protected String lockName() {
        return "lock-zookeeper";
    }
}
