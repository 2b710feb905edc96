package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.RedisServer;
import java.util.List;

/** One Redis for one fault, which goes by these clocks, or by the machine's if there are none. */
record RedisFaultStore(RedisServer server, List<FakedClock> clocks) implements FaultStore {
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
        clocks.forEach(FakedClock::close);
    }
}
