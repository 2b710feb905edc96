package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import org.apache.curator.framework.CuratorFramework;

/** A ZooKeeper for one fault. */
record ZooKeeperFaultStore(List<ZooKeeperServer> servers, List<FakedClock> clocks) implements FaultStore {
    private static final Duration SESSION = Duration.ofSeconds(10);

    /** By the machine's clock. */
    ZooKeeperFaultStore(List<ZooKeeperServer> servers) {
        this(servers, List.of());
    }

    @Override
    public String address(List<String> addresses) {
        return "zk://" + String.join(",", addresses);
    }

    @Override
    public ZooKeeperServer leader() {
        return servers.stream().filter(ZooKeeperServer::isLeader).findFirst().orElse(servers.get(0));
    }

    @Override
    public List<String> residue() {
        try (CuratorFramework admin = Nodes.curator(ZooKeeperServer.addresses(servers), SESSION)) {
            return ZooKeeperResidue.nodes(admin);
        }
    }

    @Override
    public void close() {
        servers.forEach(ZooKeeperServer::close);
        clocks.forEach(FakedClock::close);
    }
}
