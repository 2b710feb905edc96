package io.coordkit.testkit.lock.fault;

import io.coordkit.testkit.lock.Sockets;
import io.coordkit.testkit.server.FakedClock;
import io.coordkit.testkit.server.TestServer;
import java.util.List;

/** A store of its own for one fault: servers, and what is left of locks on them. */
public interface FaultStore extends AutoCloseable {

    /** Its servers, which all hold the locks. */
    List<? extends TestServer> servers();

    /**
     * How a {@link Subject} is told where the servers are.
     *
     * @param addresses of its links to the servers, in their order, each a host and a port
     */
    String address(List<String> addresses);

    /** Which server leads the others; one that stands alone leads itself. */
    default TestServer leader() {
        return servers().get(0);
    }

    /** The clocks that servers go by, in their order; empty if they go by the machine's. */
    default List<FakedClock> clocks() {
        return List.of();
    }

    /** What locks have left on the servers now: keys, leases, nodes; each by a name of its own. */
    List<String> residue();

    /** Who is connected to the servers, but for themselves. */
    default List<String> connections() {
        return servers().stream()
                .flatMap(server -> Sockets.connectedTo(server.port()).stream())
                .toList();
    }

    @Override
    void close();
}
