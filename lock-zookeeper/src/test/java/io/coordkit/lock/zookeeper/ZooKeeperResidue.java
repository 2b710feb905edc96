package io.coordkit.lock.zookeeper;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.Sockets;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.curator.framework.CuratorFramework;

/** What locks may leave in a ZooKeeper, and what it has done for them. */
final class ZooKeeperResidue {
    private static final String LOCKS = "/coordkit/lock-v1";
    private static final Pattern RECEIVED = Pattern.compile("(?m)^zk_packets_received\\s+([0-9]+)$");
    private static final Pattern SESSION = Pattern.compile("sid=(0x[0-9a-f]+)");

    private ZooKeeperResidue() {}

    /** The base line of a class that tests locks on these servers, which are looked at through {@code admin}. */
    static BaseLine baseLine(Supplier<List<ZooKeeperServer>> servers, Supplier<CuratorFramework> admin) {
        return BaseLine.ofThreads()
                .andStore("connections", () -> ofEach(servers.get(), server -> Sockets.connectedTo(server.port())))
                .andStore("sessions", () -> ofEach(servers.get(), ZooKeeperResidue::sessions))
                .andStore("nodes", () -> nodes(admin.get()));
    }

    /** How many packets it has been sent. */
    static long commands(ZooKeeperServer server) {
        Matcher received = RECEIVED.matcher(server.command("mntr"));
        if (!received.find()) {
            throw new IllegalStateException(server + " does not tell how many packets it has received");
        }
        return Long.parseLong(received.group(1));
    }

    private static List<String> ofEach(List<ZooKeeperServer> servers, Function<ZooKeeperServer, List<String>> present) {
        return servers.stream()
                .flatMap(server -> present.apply(server).stream())
                .toList();
    }

    private static List<String> sessions(ZooKeeperServer server) {
        return SESSION.matcher(server.command("cons"))
                .results()
                .map(each -> each.group(1))
                .toList();
    }

    /** The queues and the places in them; empty queues go a moment later, for they are containers. */
    static List<String> nodes(CuratorFramework admin) {
        List<String> nodes = new ArrayList<>();
        for (String queue : Nodes.children(admin, LOCKS)) {
            nodes.add(queue);
            Nodes.children(admin, LOCKS + "/" + queue).forEach(place -> nodes.add(queue + "/" + place));
        }
        return nodes;
    }
}
