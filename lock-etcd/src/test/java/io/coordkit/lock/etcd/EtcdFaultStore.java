package io.coordkit.lock.etcd;

import io.coordkit.testkit.lock.fault.FaultStore;
import io.coordkit.testkit.server.EtcdServer;
import java.util.List;
import java.util.stream.Stream;

/** An etcd for one fault. */
record EtcdFaultStore(List<EtcdServer> servers) implements FaultStore {

    @Override
    public String address(List<String> addresses) {
        return "etcd://" + String.join(",", addresses);
    }

    @Override
    public EtcdServer leader() {
        return servers.stream().filter(EtcdServer::isLeader).findFirst().orElseThrow();
    }

    @Override
    public List<String> residue() {
        try (EtcdInspector inspector = EtcdInspector.of(servers.get(0))) {
            return Stream.concat(
                            inspector.keys("ck/").stream(),
                            inspector.leases().stream().map(lease -> "lease " + Long.toHexString(lease)))
                    .toList();
        }
    }

    @Override
    public void close() {
        servers.forEach(EtcdServer::close);
    }
}
