package io.coordkit.lock.redlock;

import io.coordkit.testkit.lock.RedisResidue;
import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.lock.fault.LockFault;
import io.coordkit.testkit.lock.fault.LockFaultSuite;
import io.coordkit.testkit.lock.fault.LockFaults;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * Three nodes whose wall clocks are set. One of them does no harm: set forward, it has forgotten its votes and the
 * others have not; set back, it takes itself for new and does not vote. Set forward together, they forget a holder.
 */
class RedlockClockFaultTest extends LockFaultSuite {
    private static final Duration MAX_TTL = Duration.ofSeconds(2);

    @Override
    protected FaultStore startStore() {
        List<FakedClock> clocks = Stream.generate(FakedClock::right).limit(3).toList();
        return new ThreeNodes(clocks.stream().map(RedisServer::startUnder).toList(), clocks);
    }

    @Override
    protected List<LockFault> faults() {
        return List.of(
                LockFaults.clocksForward("one of three", 1, false),
                LockFaults.clocksBack("one of three", 1, false),
                LockFaults.clocksForward("all three", 3, true),
                LockFaults.clocksBack("all three", 3, true));
    }

    @Override
    protected String lockName() {
        return "lock-redlock, three nodes";
    }

    private record ThreeNodes(List<RedisServer> servers, List<FakedClock> clocks) implements FaultStore {
        @Override
        public String address(List<String> addresses) {
            return "redlock://" + String.join(",", addresses) + " max-ttl=" + MAX_TTL;
        }

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
}
