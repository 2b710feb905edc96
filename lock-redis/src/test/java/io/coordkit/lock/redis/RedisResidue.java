package io.coordkit.lock.redis;

import io.coordkit.testkit.lock.BaseLine;
import io.coordkit.testkit.server.RedisServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What locks may leave in a Redis, and what it has done for them; asked over a plain socket, without a client library. */
final class RedisResidue {
    /** The name of connections that are no lock client's. */
    static final String TESTS_OWN = "test";

    private static final int ANSWER_MILLIS = 10_000;
    private static final Pattern CALLS = Pattern.compile("cmdstat_[^:]+:calls=([0-9]+)");

    private RedisResidue() {}

    /** The base line of a class that tests locks on that server. */
    static BaseLine baseLine(Supplier<RedisServer> server) {
        return BaseLine.ofThreads()
                .andStore("connections", () -> connections(server.get()))
                .andStore("keys", () -> keys(server.get()));
    }

    /** Everybody who is connected, but for whoever asks and the test's own clients. */
    static List<String> connections(RedisServer server) {
        return lines(ask(server, "CLIENT LIST"))
                .filter(line -> line.startsWith("id=") && !line.contains("cmd=client"))
                .filter(line -> !line.contains(" name=" + TESTS_OWN + " "))
                .map(line -> line.substring(0, line.indexOf(' ', line.indexOf(" addr=") + 1)))
                .toList();
    }

    /** The keys of locks and queues; the high-water marks stay. */
    static List<String> keys(RedisServer server) {
        return lines(ask(server, "KEYS ck:*"))
                .filter(line -> line.startsWith("ck:") && !line.endsWith("}:h"))
                .toList();
    }

    /** How many commands it has carried out, those in scripts included. */
    static long commands(RedisServer server) {
        Matcher calls = CALLS.matcher(ask(server, "INFO commandstats"));
        return calls.results().mapToLong(each -> Long.parseLong(each.group(1))).sum();
    }

    private static Stream<String> lines(String answer) {
        return answer.lines().map(String::strip);
    }

    private static String ask(RedisServer server, String command) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            OutputStream out = socket.getOutputStream();
            out.write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
            InputStream in = socket.getInputStream();
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            in.transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
