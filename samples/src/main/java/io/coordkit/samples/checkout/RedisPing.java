package io.coordkit.samples.checkout;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Asks whoever listens on a port of this machine whether it is a Redis, and which process. */
final class RedisPing {
    private static final int TIMEOUT_MILLIS = 1_000;
    private static final int ENOUGH_BYTES = 8_192;
    private static final Pattern PROCESS_ID = Pattern.compile("process_id:([0-9]+)\r\n");

    private RedisPing() {}

    /** The process id by Redis's own account; empty if no Redis answers there. */
    static Optional<Long> processId(int port) {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), TIMEOUT_MILLIS);
            socket.getOutputStream().write("INFO server\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[ENOUGH_BYTES];
            int length = 0;
            while (length < buffer.length) {
                int read = in.read(buffer, length, buffer.length - length);
                if (read < 0) {
                    break;
                }
                length += read;
                Matcher matcher = PROCESS_ID.matcher(new String(buffer, 0, length, StandardCharsets.US_ASCII));
                if (matcher.find()) {
                    return Optional.of(Long.valueOf(matcher.group(1)));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
