package io.coordkit.lock.etcd;

import io.coordkit.lock.spi.LockBackend;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.lock.OwnStore;
import io.coordkit.testkit.server.EtcdServer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;

/** An etcd for one test, of as many servers as it likes. What it has acknowledged survives a stop. */
final class OwnEtcd implements OwnStore {
    private final List<EtcdServer> servers;

    OwnEtcd(int size) {
        servers = EtcdServer.startCluster(size);
    }

    @Override
    public LockBackend open() {
        return EtcdConnection.open(EtcdAddress.parse("etcd://" + address()), Optional.empty());
    }

    @Override
    public String address() {
        return servers.stream().map(EtcdServer::address).collect(Collectors.joining(","));
    }

    @Override
    public void stop() {
        servers.forEach(EtcdServer::kill9);
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
            throw new IllegalStateException("etcd does not come up again", e);
        }
    }

    @Override
    public void close() {
        servers.forEach(EtcdServer::close);
    }
}
