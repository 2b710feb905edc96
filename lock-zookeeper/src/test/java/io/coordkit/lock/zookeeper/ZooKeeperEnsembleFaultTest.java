package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.util.List;

/** Three members. */
class ZooKeeperEnsembleFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new ZooKeeperFaultStore(ZooKeeperServer.startEnsemble(3));
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(
                LockFaults.holderCutOff("one of three", 1),
                LockFaults.holderCutOff("two of three", 2),
                LockFaults.HOLDER_CUT_OFF,
                LockFaults.LEADER_KILLED);
    }

    @Override
    protected String lockName() {
        return "lock-zookeeper, three members";
    }
}
