package io.coordkit.lock.etcd;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.EtcdServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** One etcd, which keeps its data. */
class EtcdFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new EtcdFaultStore(EtcdServer.startCluster(1));
    }

    @Override
    protected List<LockFault> faults() {
        return Stream.concat(Stream.of(LockFaults.NONE_FAIR), LockFaults.OF_ONE_SERVER.stream())
                .toList();
    }

    @Override
    protected Map<String, String> impossible() {
        return Map.of(
                "clock of the server an hour forward or back",
                "a Go program asks the kernel for the time, past every library; etcd counts leases by its monotonic clock");
    }

    @Override
    protected String lockName() {
        return "lock-etcd";
    }
}
