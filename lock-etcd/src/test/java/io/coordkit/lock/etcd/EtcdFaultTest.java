package io.coordkit.lock.etcd;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.EtcdServer;
import java.util.List;

/** One etcd, which keeps its data. */
class EtcdFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new EtcdFaultStore(EtcdServer.startCluster(1));
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(
                LockFaults.NONE,
                LockFaults.NONE_FAIR,
                LockFaults.HOLDER_PAUSED,
                LockFaults.HOLDER_KILLED,
                LockFaults.HOLDER_CUT_OFF,
                LockFaults.REPLIES_DROPPED,
                LockFaults.REPLIES_LATE,
                LockFaults.SERVERS_PAUSED,
                LockFaults.SERVERS_KILLED,
                LockFaults.SERVERS_EMPTIED);
    }

    @Override
    protected String lockName() {
        return "lock-etcd";
    }
}
