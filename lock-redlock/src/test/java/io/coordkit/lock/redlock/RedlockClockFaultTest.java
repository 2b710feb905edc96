package io.coordkit.lock.redlock;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import java.util.stream.Stream;

/**
 * Three nodes whose wall clocks are set. One of them does no harm: set forward, it has forgotten its votes and the
 * others have not; set back, it takes itself for new and does not vote. Set forward together, they forget a holder.
 */
class RedlockClockFaultTest extends LockFaultSuite {
    @Override
    protected FaultStore startStore() {
        List<FakedClock> clocks = Stream.generate(FakedClock::right).limit(3).toList();
        return new RedlockFaultStore(
                clocks.stream().map(RedisServer::startUnder).toList(), clocks);
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(
                LockFaults.clocksForward("one of three", 1, false),
                LockFaults.clocksBack("one of three", 1, false),
                LockFaults.clocksForward("all three", 3, true),
                LockFaults.clocksBack("all three", 3, true));
    }

    @Override
    protected String lockName() {
        return "lock-redlock, three nodes";
    }
}
