package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A link between one client and one server, to be cut and mended: everything goes through, or nothing does in either
 * direction, or only what the client says does.
 *
 * <p>Bytes that a cut link was given are kept and delivered when it is mended, as a network does that repeats lost
 * packets. Replies that were dropped are gone: their connections end when the link is mended.
 *
 * <p>Thread-safe; two daemon threads for each connection. It ends in {@link #close()}.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private enum State {
        OPEN,
        CUT,
        DROPPING_REPLIES
    }

    private final ServerSocket listener;
    private final int target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Object change = new Object();
    private State state = State.OPEN;

    private TcpProxy(ServerSocket listener, int target) {
        this.listener = listener;
        this.target = target;
    }

    /** A link to that port of this machine, which need not listen yet. */
    public static TcpProxy to(int port) {
        try {
            TcpProxy proxy =
                    new TcpProxy(new ServerSocket(FreePort.find(), 50, InetAddress.getLoopbackAddress()), port);
            start("accept", proxy::acceptAll);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the client finds the server, for example {@code 127.0.0.1:12345}. */
    public String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    /** From now on nothing goes through; who connects is not told. */
    public void cut() {
        become(State.CUT);
    }

    /** From now on the server hears the client, and the client hears nothing. */
    public void dropReplies() {
        become(State.DROPPING_REPLIES);
    }

    /** From now on everything goes through. */
    public void mend() {
        become(State.OPEN);
        links.stream().filter(link -> link.lostBytes).forEach(Link::end);
    }

    private void become(State next) {
        synchronized (change) {
            state = next;
            change.notifyAll();
        }
    }

    /** Waits while the link is cut; false if replies are dropped. */
    private boolean passes() throws InterruptedException {
        synchronized (change) {
            while (state == State.CUT) {
                change.wait();
            }
            return state == State.OPEN;
        }
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Link link = new Link(listener.accept());
                links.add(link);
                start("link", link::open);
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void start(String what, Runnable task) {
        Thread thread = new Thread(task, "coordkit-proxy-" + what);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            become(State.OPEN);
            links.forEach(Link::end);
        }
    }

    /** One connection. */
    private final class Link {
        private final Socket client;
        private final Socket server = new Socket();
        private volatile boolean lostBytes;

        Link(Socket client) {
            this.client = client;
        }

        void open() {
            try {
                passes();
                server.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target));
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                start("replies", () -> copy(server, client, true));
                copy(client, server, false);
            } catch (IOException | InterruptedException refused) {
                end();
            }
        }

        private void copy(Socket from, Socket to, boolean replies) {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    if (passes() || !replies) {
                        out.write(buffer, 0, count);
                    } else {
                        lostBytes = true;
                    }
                }
                passes(); // nor does the news that the other side has gone get through a cut
            } catch (IOException | InterruptedException gone) {
                // The other direction ends too.
            } finally {
                end();
            }
        }

        void end() {
            links.remove(this);
            try (client;
                    server) {
                return;
            } catch (IOException alreadyGone) {
                return;
            }
        }
    }
}
