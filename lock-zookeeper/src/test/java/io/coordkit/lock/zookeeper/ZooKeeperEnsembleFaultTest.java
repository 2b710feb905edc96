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
        return LockFaults.OF_THREE_MEMBERS;
    }

    @Override
    protected String lockName() {
        return "lock-zookeeper, three members";
    }
}
