package io.coordkit.lock.zookeeper;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The wire between a client and a server, on which replies can be lost after the server has acted. */
final class Wire implements AutoCloseable {
    private final ServerSocket entrance;
    private final int server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean repliesLost;

    private Wire(ServerSocket entrance, int server) {
        this.entrance = entrance;
        this.server = server;
    }

    /** To the server at that address. */
    static Wire to(String address) {
        try {
            ServerSocket entrance = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Wire wire = new Wire(entrance, Integer.parseInt(address.substring(address.indexOf(':') + 1)));
            inThread(wire::accept);
            return wire;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return "127.0.0.1:" + entrance.getLocalPort();
    }

    /** What the server sends from now on is lost. */
    void loseReplies() {
        repliesLost = true;
    }

    /** Breaks all connections; new ones work again. */
    void breakAndMend() {
        Set<Socket> broken = Set.copyOf(sockets);
        broken.forEach(Wire::close);
        sockets.removeAll(broken);
        repliesLost = false;
    }

    @Override
    public void close() throws IOException {
        entrance.close();
        sockets.forEach(Wire::close);
    }

    private void accept() {
        try {
            while (true) {
                Socket client = entrance.accept();
                Socket onward = new Socket(InetAddress.getLoopbackAddress(), server);
                sockets.add(client);
                sockets.add(onward);
                inThread(() -> copy(client, onward, false));
                inThread(() -> copy(onward, client, true));
            }
        } catch (IOException closed) {
            sockets.forEach(Wire::close);
        }
    }

    private void copy(Socket from, Socket to, boolean replies) {
        byte[] buffer = new byte[8192];
        try (from;
                to;
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
                if (!replies || !repliesLost) {
                    out.write(buffer, 0, length);
                }
            }
        } catch (IOException broken) {
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void inThread(Runnable body) {
        Thread thread = new Thread(body, "test-wire");
        thread.setDaemon(true);
        thread.start();
    }
}
