package io.coordkit.testkit.server;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Somebody else's server, told by an environment variable and reached through a link on loopback: not to be hurt. */
final class GivenHost implements ServerHost {
    private final ServerProgram program;
    private final TcpProxy link;

    /** @param address host and port */
    GivenHost(ServerKind kind, String address) {
        int colon = address.lastIndexOf(':');
        if (!address.substring(colon + 1).matches("\\d{1,5}") || colon < 1) {
            throw new IllegalArgumentException(kind.variable() + " must be host:port, was '" + address + "'");
        }
        int port = Integer.parseInt(address.substring(colon + 1));
        this.program = new ServerProgram(kind.title(), "the environment (" + kind.variable() + "=" + address + ")", "");
        this.link = TcpProxy.to(new InetSocketAddress(address.substring(0, colon), port));
    }

    /** Where it is reached on loopback. */
    int port() {
        return link.port();
    }

    @Override
    public ServerProgram program() {
        return program;
    }

    @Override
    public void await(BooleanSupplier ready, String where, Duration timeout) {
        Await.until(ready, timeout, program.origin() + " to answer");
    }

    @Override
    public void begin() {
        throw refusal();
    }

    /** Nothing: its owner ends it. */
    @Override
    public void kill() {}

    @Override
    public void pause() {
        throw refusal();
    }

    @Override
    public void resume() {
        throw refusal();
    }

    @Override
    public void erase() {
        throw refusal();
    }

    @Override
    public void delete() {
        link.close();
    }

    private UnsupportedOperationException refusal() {
        return new UnsupportedOperationException(program.name() + " from " + program.origin()
                + " is somebody else's; ask for one of your own to hurt it");
    }
}
