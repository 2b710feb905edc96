package io.coordkit.lock.redlock;

import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.List;

/** Independent nodes for one fault, which go by these clocks, or by the machine's if there are none. */
record RedlockFaultStore(List<RedisServer> servers, List<FakedClock> clocks) implements FaultStore {
    static final Duration MAX_TTL = Duration.ofSeconds(2);

    @Override
    public String address(List<String> addresses) {
        return "redlock://" + String.join(",", addresses) + " max-ttl=" + MAX_TTL;
    }

    /** The keys of locks; the high-water marks and those of the nodes stay. */
    @Override
    public List<String> residue() {
        return RedisResidue.keys(servers, TestNodes.LOCKS_AND_QUEUES);
    }

    @Override
    public void close() {
        servers.forEach(RedisServer::close);
        clocks.forEach(FakedClock::close);
    }
}
