package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A link between one client and one server, to be hurt and mended: bytes of either direction can be held up, and those
 * of the server can be lost or come late.
 *
 * <p>Bytes that are held up are delivered when the link is mended, as a network does that repeats lost packets. Replies
 * that were lost are gone: their connections end when the link is mended.
 *
 * <p>Thread-safe; three daemon threads for each connection. It ends in {@link #close()}.
 */
public final class TcpProxy implements AutoCloseable {
    private static final int BUFFER = 16 * 1024;

    private final ServerSocket listener;
    private final InetSocketAddress target;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Object change = new Object();
    private boolean requestsHeldUp;
    private boolean repliesHeldUp;
    private boolean repliesLost;
    private volatile long replyDelayNanos;

    private TcpProxy(ServerSocket listener, InetSocketAddress target) {
        this.listener = listener;
        this.target = target;
    }

    /** A link to that port of this machine, which need not listen yet. */
    public static TcpProxy to(int port) {
        return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** A link to wherever that is. */
    static TcpProxy to(InetSocketAddress target) {
        try {
            TcpProxy proxy =
                    new TcpProxy(new ServerSocket(FreePort.find(), 50, InetAddress.getLoopbackAddress()), target);
            start("accept", proxy::acceptAll);
            return proxy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the client finds the server, for example {@code 127.0.0.1:12345}. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /** Its port. */
    int port() {
        return listener.getLocalPort();
    }

    /** From now on nothing goes through; who connects is not told. */
    public void cut() {
        become(true, true, false);
    }

    /** From now on the server hears nothing from the client, but still reaches it. */
    public void cutRequests() {
        become(true, false, false);
    }

    /** From now on the server hears the client, and the client hears nothing. */
    public void dropReplies() {
        become(false, false, true);
    }

    /** Whether a reply was lost on a connection that is still open. */
    boolean hasLostReplies() {
        return links.stream().anyMatch(link -> link.lostBytes);
    }

    /** From now on replies take that much longer, in their order. */
    public void delayReplies(Duration delay) {
        replyDelayNanos = delay.toNanos();
    }

    /** From now on everything goes through. */
    public void mend() {
        become(false, false, false);
        links.stream().filter(link -> link.lostBytes).forEach(Link::end);
    }

    private void become(boolean holdUpRequests, boolean holdUpReplies, boolean loseReplies) {
        synchronized (change) {
            requestsHeldUp = holdUpRequests;
            repliesHeldUp = holdUpReplies;
            repliesLost = loseReplies;
            change.notifyAll();
        }
    }

    /** Waits while requests are held up. */
    private void passRequest() throws InterruptedException {
        synchronized (change) {
            while (requestsHeldUp) {
                change.wait();
            }
        }
    }

    /** Waits while replies are held up; false if they are lost. */
    private boolean passReply(Link link) throws InterruptedException {
        synchronized (change) {
            while (repliesHeldUp) {
                change.wait();
            }
            if (repliesLost) {
                link.lostBytes = true;
            }
            return !repliesLost;
        }
    }

    private void acceptAll() {
        while (!listener.isClosed()) {
            try {
                Link link = new Link(listener.accept());
                links.add(link);
                if (listener.isClosed()) {
                    link.end(); // close() may have been too early to see it
                } else {
                    start("requests", link::open);
                }
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
            become(false, false, false);
            links.forEach(Link::end);
        }
    }

    /** Bytes of the server and when they are due, by {@link System#nanoTime}; none at its end. */
    private record Reply(ByteBuffer bytes, long due) {}

    /** One connection. */
    private final class Link {
        private final Socket client;
        private final Socket server = new Socket();
        private final BlockingQueue<Reply> replies = new LinkedBlockingQueue<>();
        private volatile boolean lostBytes;

        Link(Socket client) {
            this.client = client;
        }

        void open() {
            try {
                passRequest();
                server.connect(target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                start("answers", this::readReplies);
                start("replies", this::writeReplies);
                byte[] buffer = new byte[BUFFER];
                InputStream in = client.getInputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    passRequest();
                    server.getOutputStream().write(buffer, 0, count);
                }
                passRequest(); // nor does the news that the client has gone get through a cut
            } catch (IOException | InterruptedException gone) {
                // The other direction ends too.
            } finally {
                end();
            }
        }

        private void readReplies() {
            byte[] buffer = new byte[BUFFER];
            try {
                InputStream in = server.getInputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    replies.add(reply(Arrays.copyOf(buffer, count)));
                }
            } catch (IOException gone) {
                // The client is told below.
            }
            replies.add(reply(new byte[0]));
        }

        private Reply reply(byte[] bytes) {
            return new Reply(ByteBuffer.wrap(bytes), System.nanoTime() + replyDelayNanos);
        }

        private void writeReplies() {
            try {
                for (Reply reply = replies.take(); reply.bytes().hasRemaining(); reply = replies.take()) {
                    TimeUnit.NANOSECONDS.sleep(reply.due() - System.nanoTime());
                    if (passReply(this)) {
                        client.getOutputStream().write(reply.bytes().array());
                    }
                }
                passReply(this);
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
