package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.util.List;
import java.util.stream.Stream;

/** One ZooKeeper, which keeps its data. */
class ZooKeeperFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new ZooKeeperFaultStore(ZooKeeperServer.startEnsemble(1));
    }

    @Override
    protected List<LockFault> faults() {
        return Stream.concat(Stream.of(LockFaults.NONE_FAIR), LockFaults.OF_ONE_SERVER.stream())
                .toList();
    }

    @Override
    protected String lockName() {
        return "lock-zookeeper";
    }
}
