package io.coordkit.lock.etcd;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.EtcdServer;
import java.util.List;

/** Three members. */
class EtcdClusterFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new EtcdFaultStore(EtcdServer.startCluster(3));
    }

    @Override
    protected List<LockFault> faults() {
        return LockFaults.OF_THREE_MEMBERS;
    }

    @Override
    protected String lockName() {
        return "lock-etcd, three members";
    }
}
