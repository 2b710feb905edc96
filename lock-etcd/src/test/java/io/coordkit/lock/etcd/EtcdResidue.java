package io.coordkit.lock.etcd;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.lock.Sockets;
import io.coordkit.testkit.server.EtcdServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;

/** What locks may leave in an etcd, and what it has done for them. */
final class EtcdResidue {
    private static final int ANSWER_MILLIS = 10_000;
    private static final String MESSAGES = "grpc_server_msg_received_total{";

    private EtcdResidue() {}

    /** The base line of a class that tests locks on these servers, the inspector's connections included. */
    static BaseLine baseLine(Supplier<List<EtcdServer>> servers, Supplier<EtcdInspector> inspector) {
        // Connections last: the inspector connects when it is first asked.
        return BaseLine.ofThreads()
                .besidesThreads("FailsafeDelayScheduler") // of the library that jetcd retries with
                .andStore("keys", () -> inspector.get().keys("ck/"))
                .andStore(
                        "leases",
                        () -> inspector.get().leases().stream()
                                .map(Long::toHexString)
                                .toList())
                .andStore(
                        "connections",
                        () -> servers.get().stream()
                                .flatMap(server -> Sockets.connectedTo(server.port()).stream())
                                .toList());
    }

    /** How many messages it has been sent, those in streams included. */
    static long commands(EtcdServer server) {
        return metrics(server)
                .lines()
                .filter(line -> line.startsWith(MESSAGES))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private static String metrics(EtcdServer server) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write("GET /metrics HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
