package io.coordkit.testkit.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A private etcd on loopback, alone or as a member of a cluster, in a directory of its own that goes away with it. What
 * it has acknowledged is on disk, as in production, so that {@link #kill9()} loses nothing.
 *
 * <p>It needs the program {@code etcd} (package etcd-server on Debian).
 *
 * <p>Thread-safe. The process ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class EtcdServer extends ProcessServer {
    private static final int ANSWER_MILLIS = 2_000;

    private final Member member;

    private EtcdServer(ServerProgram program, Member member, List<String> command, Path directory) {
        super(program, member.port(), command, directory);
        this.member = member;
    }

    /** One member's ports; the one for metrics also tells its health, without TLS and credentials. */
    private record Member(String name, int port, int peerPort, int metricsPort) {
        static Member named(String name) {
            return new Member(name, FreePort.find(), FreePort.find(), FreePort.find());
        }

        String peer() {
            return "http://127.0.0.1:" + peerPort;
        }
    }

    /**
     * A new, empty server that is its own quorum.
     *
     * @param options further command-line options, for example {@code "--auto-compaction-retention", "1"}; with
     *     {@code --cert-file} among them it is reached by TLS only
     * @throws IllegalStateException if etcd is not installed or does not start; the message says what is missing
     */
    public static EtcdServer start(String... options) {
        return startCluster(1, options).get(0);
    }

    /** New, empty servers that form one cluster, and have a quorum. */
    public static List<EtcdServer> startCluster(int size, String... options) {
        Path binary = Programs.find("etcd", "etcd-server");
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            members.add(Member.named("m" + i));
        }
        String cluster = members.stream()
                .map(member -> member.name() + "=" + member.peer())
                .collect(Collectors.joining(","));
        ServerProgram program =
                ServerProgram.asking("etcd", "the program " + binary, List.of(binary.toString(), "--version"));
        List<EtcdServer> servers = new ArrayList<>();
        try {
            for (Member member : members) {
                Path directory = TemporaryDirectory.create("coordkit-etcd-");
                servers.add(new EtcdServer(
                        program, member, command(binary, member, cluster, directory, options), directory));
            }
            servers.forEach(EtcdServer::awaitReady);
            return servers;
        } catch (RuntimeException e) {
            servers.forEach(EtcdServer::close);
            throw e;
        }
    }

    private static List<String> command(Path binary, Member member, String cluster, Path directory, String... options) {
        String scheme = List.of(options).contains("--cert-file") ? "https" : "http";
        String client = scheme + "://127.0.0.1:" + member.port();
        List<String> command = new ArrayList<>(List.of(binary.toString(), "--name", member.name()));
        command.addAll(List.of("--data-dir", directory.resolve("data").toString()));
        command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        command.addAll(List.of("--listen-peer-urls", member.peer(), "--initial-advertise-peer-urls", member.peer()));
        command.addAll(List.of("--listen-metrics-urls", "http://127.0.0.1:" + member.metricsPort()));
        command.addAll(List.of("--initial-cluster", cluster, "--initial-cluster-token", cluster));
        command.addAll(List.of("--logger", "zap", "--log-outputs", "stderr"));
        command.addAll(List.of(options));
        return command;
    }

    @Override
    void erase() {
        TemporaryDirectory.delete(directory().resolve("data"));
    }

    /** Whether it leads its cluster. */
    public boolean isLeader() {
        return get("/metrics").contains("etcd_server_is_leader 1");
    }

    /** Whether it says that it has a leader and commits. */
    @Override
    boolean isReady() {
        return get("/health").contains("\"health\":\"true\"");
    }

    /** What it answers on its port for metrics; nothing if it does not answer. */
    private String get(String path) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), member.metricsPort())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException noAnswer) {
            return "";
        }
    }
}
