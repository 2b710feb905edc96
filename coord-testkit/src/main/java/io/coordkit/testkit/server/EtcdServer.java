package io.coordkit.testkit.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A private etcd on loopback, alone or as a member of a cluster, with data of its own that goes away with it. What it
 * has acknowledged is on disk, as in production, so that {@link #kill9()} loses nothing.
 *
 * <p>As a process it needs the program {@code etcd} (package etcd-server on Debian).
 *
 * <p>Thread-safe. It ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class EtcdServer extends HostedServer {
    private static final int ANSWER_MILLIS = 2_000;
    private static final int NO_PORT = 0;
    private static final String CONTAINER_DATA = "/var/etcd/data";

    private final Member member;

    private EtcdServer(ServerHost host, Member member) {
        super(host, member.port());
        this.member = member;
    }

    /** Somebody else's at that address, not to be hurt. */
    static EtcdServer given(String address) {
        GivenHost host = new GivenHost(ServerKind.ETCD, address);
        EtcdServer server = new EtcdServer(host, new Member("given", host.port(), NO_PORT, host.port()));
        server.awaitReady();
        return server;
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
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            members.add(Member.named("m" + i));
        }
        String cluster = members.stream()
                .map(member -> member.name() + "=" + member.peer())
                .collect(Collectors.joining(","));
        Function<Member, ServerHost> hosts = ServerSources.here().inContainer(ServerKind.ETCD, options)
                ? member -> container(member, cluster, options)
                : processes(cluster, options);
        List<EtcdServer> servers = new ArrayList<>();
        try {
            members.forEach(member -> servers.add(new EtcdServer(hosts.apply(member), member)));
            servers.forEach(EtcdServer::awaitReady);
            return servers;
        } catch (RuntimeException e) {
            servers.forEach(EtcdServer::close);
            throw e;
        }
    }

    private static ServerHost container(Member member, String cluster, String... options) {
        List<String> command = command("etcd", member, cluster, CONTAINER_DATA, options);
        return new ContainerHost(ServerKind.ETCD, command, Map.of(), Map.of());
    }

    private static Function<Member, ServerHost> processes(String cluster, String... options) {
        String binary = Programs.find("etcd", "etcd-server").toString();
        ServerProgram program = ServerProgram.asking("etcd", "the program " + binary, List.of(binary, "--version"));
        return member -> {
            Path directory = TemporaryDirectory.create("coordkit-etcd-");
            List<String> command =
                    command(binary, member, cluster, data(directory).toString(), options);
            return new ProcessHost(program, command, Map.of(), directory, all -> TemporaryDirectory.delete(data(all)));
        };
    }

    private static Path data(Path directory) {
        return directory.resolve("data");
    }

    private static List<String> command(String binary, Member member, String cluster, String data, String... options) {
        String scheme = List.of(options).contains("--cert-file") ? "https" : "http";
        String client = scheme + "://127.0.0.1:" + member.port();
        List<String> command = new ArrayList<>(List.of(binary, "--name", member.name(), "--data-dir", data));
        command.addAll(List.of("--listen-client-urls", client, "--advertise-client-urls", client));
        command.addAll(List.of("--listen-peer-urls", member.peer(), "--initial-advertise-peer-urls", member.peer()));
        command.addAll(List.of("--listen-metrics-urls", "http://127.0.0.1:" + member.metricsPort()));
        command.addAll(List.of("--initial-cluster", cluster, "--initial-cluster-token", cluster));
        command.addAll(List.of("--logger", "zap", "--log-outputs", "stderr"));
        command.addAll(List.of(options));
        return command;
    }

    @Override
    String askVersion() {
        String answer = get(port(), "/version");
        return ServerProgram.version(answer.substring(answer.indexOf("etcdserver") + 1)); // not that of HTTP
    }

    /** Whether it leads its cluster. */
    public boolean isLeader() {
        return get(member.metricsPort(), "/metrics").contains("etcd_server_is_leader 1");
    }

    /** Whether it says that it has a leader and commits. */
    @Override
    boolean isReady() {
        return get(member.metricsPort(), "/health").contains("\"health\":\"true\"");
    }

    /** What it answers on that port; nothing if it does not answer. */
    private static String get(int port, String path) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException noAnswer) {
            return "";
        }
    }
}
