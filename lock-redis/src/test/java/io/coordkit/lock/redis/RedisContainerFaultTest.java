package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** One Redis 8 in a container, and what Docker can do to it. */
@Tag("conformance")
class RedisContainerFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new RedisFaultStore(RedisServer.startDurableOnOwnNetwork(), List.of());
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(
                LockFaults.SERVERS_PAUSED,
                LockFaults.SERVERS_DISCONNECTED,
                LockFaults.SERVERS_KILLED,
                LockFaults.SERVERS_EMPTIED);
    }

    @Override
    protected String lockName() {
        return "lock-redis, container";
    }
}
