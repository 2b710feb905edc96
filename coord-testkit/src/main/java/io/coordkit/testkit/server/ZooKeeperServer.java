package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A private ZooKeeper on loopback, alone or as a member of an ensemble, with data of its own that goes away with it. What it has acknowledged survives {@link #kill9()}, but not the machine's power, for it does not wait for the
 * disk. It counts in ticks of 200 ms and takes sessions from 400 ms to an hour, so that tests can be quick.
 *
 * <p>As a process it needs {@code /usr/share/java/zookeeper.jar} with the jars it names (package zookeeper on Debian) and the
 * program {@code java}.
 *
 * <p>Thread-safe. It ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class ZooKeeperServer extends HostedServer {
    static final Path JAR = Path.of("/usr/share/java/zookeeper.jar");
    private static final String FOR_TLS = ":/usr/share/java/netty-codec.jar"; // which Debian's jar forgets to name
    private static final int ANSWER_MILLIS = 2_000;
    private static final List<String> JVM_OPTIONS = List.of(
            "-Xmx256m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dzookeeper.forceSync=no",
            "-Dzookeeper.preAllocSize=256",
            "-Dznode.container.checkIntervalMs=1000");

    private ZooKeeperServer(ServerHost host, int port) {
        super(host, port);
    }

    /** Somebody else's at that address, not to be hurt; it must allow the four-letter command {@code srvr}. */
    static ZooKeeperServer given(String address) {
        GivenHost host = new GivenHost(ServerKind.ZOOKEEPER, address);
        ZooKeeperServer server = new ZooKeeperServer(host, host.port());
        server.awaitReady();
        return server;
    }

    /** One member's number in the ensemble, and its ports. */
    private record Member(int id, int port, int peerPort, int electionPort) {
        static Member numbered(int id) {
            return new Member(id, FreePort.find(), FreePort.find(), FreePort.find());
        }

        String asPeer() {
            return "server." + id + "=127.0.0.1:" + peerPort + ":" + electionPort;
        }
    }

    /**
     * A new, empty server that stands alone.
     *
     * @param settings further lines of its configuration, which override those before, for example
     *     {@code "minSessionTimeout=4000"}
     * @throws IllegalStateException if ZooKeeper is not installed or does not start; the message says what is missing
     */
    public static ZooKeeperServer start(String... settings) {
        return startEnsemble(1, settings).get(0);
    }

    /** As {@link #start}, but it goes by that clock. */
    public static ZooKeeperServer startUnder(FakedClock clock) {
        return startEnsemble(1, processes(clock.environment())).get(0);
    }

    /** New, empty servers that form one ensemble, and serve. */
    public static List<ZooKeeperServer> startEnsemble(int size, String... settings) {
        Hosts hosts = ServerSources.here().inContainer(ServerKind.ZOOKEEPER, settings)
                ? ZooKeeperServer::container
                : processes(Map.of());
        return startEnsemble(size, hosts, settings);
    }

    /** Begins a member with a configuration, to which its directory for data is to be added. */
    private interface Hosts {
        ServerHost begin(Member member, List<String> configuration);
    }

    /** Tries twice, for ZooKeeper now and then accepts connections after its start, and reads none of them. */
    private static List<ZooKeeperServer> startEnsemble(int size, Hosts hosts, String... settings) {
        try {
            return startOnce(size, hosts, settings);
        } catch (IllegalStateException e) {
            System.out.println("ZooKeeper is started once more: " + e.getMessage());
            return startOnce(size, hosts, settings);
        }
    }

    private static List<ZooKeeperServer> startOnce(int size, Hosts hosts, String... settings) {
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            members.add(Member.numbered(i));
        }
        List<ZooKeeperServer> servers = new ArrayList<>();
        try {
            for (Member member : members) {
                ServerHost host = hosts.begin(member, configuration(member, members, settings));
                servers.add(new ZooKeeperServer(host, member.port()));
            }
            servers.forEach(ZooKeeperServer::awaitReady);
            return servers;
        } catch (RuntimeException e) {
            servers.forEach(ZooKeeperServer::close);
            throw e;
        }
    }

    private static ServerHost container(Member member, List<String> configuration) {
        List<String> lines = new ArrayList<>(configuration);
        lines.add("dataDir=/data");
        return new ContainerHost(
                ServerKind.ZOOKEEPER,
                List.of("zkServer.sh", "start-foreground"),
                Map.of("ZOO_MY_ID", Integer.toString(member.id()), "JVMFLAGS", String.join(" ", JVM_OPTIONS)),
                Map.of("/conf/zoo.cfg", String.join("\n", lines) + "\n"));
    }

    private static Hosts processes(Map<String, String> environment) {
        if (!Files.isReadable(JAR)) {
            throw new IllegalStateException(JAR + " is missing; install it, on Debian with: apt-get install zookeeper");
        }
        Path java = Programs.find("java", "default-jre-headless");
        ServerProgram program = ServerProgram.asking("ZooKeeper", "the jar " + JAR, versionCommand(java));
        return (member, configuration) -> {
            Path directory = TemporaryDirectory.create("coordkit-zookeeper-");
            List<String> lines = new ArrayList<>(configuration);
            lines.add("dataDir=" + data(directory));
            try {
                Files.createDirectories(data(directory));
                Files.writeString(data(directory).resolve("myid"), Integer.toString(member.id()));
                Files.write(directory.resolve("zoo.cfg"), lines);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return new ProcessHost(
                    program,
                    command(java, directory),
                    environment,
                    directory,
                    all -> TemporaryDirectory.delete(data(all).resolve("version-2")));
        };
    }

    private static Path data(Path directory) {
        return directory.resolve("data");
    }

    private static List<String> configuration(Member member, List<Member> members, String... settings) {
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=200",
                "minSessionTimeout=400",
                "maxSessionTimeout=3600000",
                "initLimit=50",
                "syncLimit=25",
                "clientPort=" + member.port(),
                "clientPortAddress=127.0.0.1",
                "maxClientCnxns=0",
                "admin.enableServer=false",
                "4lw.commands.whitelist=*"));
        lines.addAll(List.of(settings));
        if (members.size() > 1) {
            members.forEach(each -> lines.add(each.asPeer()));
        }
        return lines;
    }

    private static List<String> versionCommand(Path java) {
        return List.of(java.toString(), "-cp", JAR.toString(), "org.apache.zookeeper.version.VersionInfoMain");
    }

    private static List<String> command(Path java, Path directory) {
        List<String> command = new ArrayList<>(List.of(java.toString()));
        command.addAll(JVM_OPTIONS);
        command.addAll(List.of("-cp", JAR + FOR_TLS, "org.apache.zookeeper.server.quorum.QuorumPeerMain"));
        command.add(directory.resolve("zoo.cfg").toString());
        return command;
    }

    /**
     * What several servers are addressed by together, for example {@code 127.0.0.1:40123,127.0.0.1:40124}.
     *
     * @param servers of one ensemble
     */
    public static String addresses(List<ZooKeeperServer> servers) {
        return servers.stream().map(ZooKeeperServer::address).collect(Collectors.joining(","));
    }

    /** Whether it leads its ensemble. */
    public boolean isLeader() {
        return command("srvr").contains("Mode: leader");
    }

    /**
     * What it answers to one of its four-letter commands, for example {@code mntr}; nothing if it does not answer.
     *
     * @param word the command
     */
    public String command(String word) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException noAnswer) {
            return "";
        }
    }

    @Override
    boolean isReady() {
        return command("srvr").contains("Mode: ");
    }

    @Override
    String askVersion() {
        return ServerProgram.version(command("srvr"));
    }
}
