package io.coordkit.lock.redlock;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.List;

/** Five independent Redis servers that forget everything when they end. */
class RedlockFaultTest extends LockFaultSuite {
    private static final int NODES = 5;

    @Override
    protected FaultStore startStore() {
        return new RedlockFaultStore(RedisServer.startSeveral(NODES), List.of());
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(
                LockFaults.NONE,
                LockFaults.HOLDER_PAUSED,
                LockFaults.HOLDER_KILLED,
                LockFaults.holderCutOff("one of five", 1),
                LockFaults.holderCutOff("two of five", 2),
                LockFaults.holderCutOff("three of five", 3),
                LockFaults.REPLIES_DROPPED,
                LockFaults.REPLIES_LATE,
                LockFaults.SERVERS_PAUSED,
                LockFaults.VOTES_FORGOTTEN,
                LockFaults.SERVERS_EMPTIED);
    }

    @Override
    protected String lockName() {
        return "lock-redlock, five nodes";
    }

    /** Servers that have all lost their data vote only when the longest TTL has passed. */
    @Override
    protected Duration bound(LockFault fault) {
        return super.bound(fault)
                .plus(fault.equals(LockFaults.SERVERS_EMPTIED) ? RedlockFaultStore.MAX_TTL : Duration.ZERO);
    }
}
