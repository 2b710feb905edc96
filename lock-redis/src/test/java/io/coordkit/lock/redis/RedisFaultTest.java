package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;

/** One Redis that keeps its data on disk. */
class RedisFaultTest extends LockFaultSuite {

    @Override
    protected FaultStore startStore() {
        return new OneRedis(RedisServer.startDurable());
    }

    @Override
    protected List<LockFault> faults() {
        return LockFaults.OF_ONE_SERVER;
    }

    @Override
    protected String lockName() {
        return "lock-redis";
    }

    private record OneRedis(RedisServer server) implements FaultStore {
        @Override
        public List<RedisServer> servers() {
            return List.of(server);
        }

        @Override
        public String address(List<String> addresses) {
            return "redis://" + addresses.get(0);
        }

        @Override
        public List<String> residue() {
            return RedisResidue.keys(servers(), RedisLockContractTest.KEYS);
        }

        @Override
        public void close() {
            server.close();
        }
    }
}
