package io.coordkit.testkit.lock.fault;

import io.coordkit.testkit.lock.fault.GuardedResource.Order;
import io.coordkit.testkit.lock.fault.HistoryEvent.Kind;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A worker's connection to the {@link GuardedResource}. Not thread-safe. */
final class ResourceClient implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;
    private final int worker;
    private Order order = Order.GO;

    ResourceClient(int port, int worker) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        this.out = socket.getOutputStream();
        this.worker = worker;
    }

    /** Tells the resource; returns whether it accepts. */
    boolean tell(Kind kind, long token, boolean checked) throws IOException {
        out.write((kind + " " + worker + " " + token + " " + checked + "\n").getBytes(StandardCharsets.US_ASCII));
        String answer = in.readLine();
        if (answer == null) {
            throw new EOFException("the resource has closed");
        }
        String[] words = answer.split(" ", -1);
        order = Order.valueOf(words[1]);
        return Boolean.parseBoolean(words[0]);
    }

    /** What the resource said to do, when it last answered. */
    Order order() {
        return order;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
