package io.coordkit.lock.zookeeper;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;

/** A ZooKeeper for one test, of as many servers as it likes. What it has acknowledged survives a stop. */
final class OwnZooKeeper implements OwnStore {
    private final List<ZooKeeperServer> servers;
    private final Duration session;

    OwnZooKeeper(int size, Duration session) {
        servers = ZooKeeperServer.startEnsemble(size);
        this.session = session;
    }

    @Override
    public LockBackend open() {
        return ZooKeeperConnection.open(ZooKeeperConnection.parse("zk://" + address()), session);
    }

    @Override
    public String address() {
        return ZooKeeperServer.addresses(servers);
    }

    @Override
    public void stop() {
        servers.forEach(ZooKeeperServer::kill9);
    }

    /** All at once, for none of them serves without a majority. */
    @Override
    public void start() {
        List<Callable<String>> restarts = servers.stream()
                .map(server -> (Callable<String>) () -> {
                    server.restart();
                    return server.address();
                })
                .toList();
        try {
            Crowd.run(restarts);
        } catch (Exception e) {
            throw new IllegalStateException("ZooKeeper does not come up again", e);
        }
    }

    @Override
    public void close() {
        servers.forEach(ZooKeeperServer::close);
    }
}
