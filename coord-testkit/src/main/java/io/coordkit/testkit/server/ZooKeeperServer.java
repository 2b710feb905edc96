package io.coordkit.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A private ZooKeeper on loopback, alone or as a member of an ensemble, in a directory of its own that goes away with
 * it. What it has acknowledged survives {@link #kill9()}, but not the machine's power, for it does not wait for the
 * disk. It counts in ticks of 200 ms and takes sessions from 400 ms to an hour, so that tests can be quick.
 *
 * <p>It needs {@code /usr/share/java/zookeeper.jar} with the jars it names (package zookeeper on Debian) and the
 * program {@code java}.
 *
 * <p>Thread-safe. The process ends in {@link #close()}, or with the JVM, unless the JVM itself is killed.
 */
public final class ZooKeeperServer implements AutoCloseable {
    private static final Path JAR = Path.of("/usr/share/java/zookeeper.jar");
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final int ANSWER_MILLIS = 2_000;

    private final int port;
    private final List<String> command;
    private final Path directory;
    private final Thread atExit = new Thread(this::close, "coordkit-zookeeper-exit");
    private ServerProcess process;
    private boolean closed;

    private ZooKeeperServer(int port, List<String> command, Path directory) {
        this.port = port;
        this.command = command;
        this.directory = directory;
        this.process = ServerProcess.begin(command, directory);
        Runtime.getRuntime().addShutdownHook(atExit);
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

    /** New, empty servers that form one ensemble, and serve. */
    public static List<ZooKeeperServer> startEnsemble(int size, String... settings) {
        if (!Files.isReadable(JAR)) {
            throw new IllegalStateException(JAR + " is missing; install it, on Debian with: apt-get install zookeeper");
        }
        Path java = Programs.find("java", "default-jre-headless");
        List<Member> members = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            members.add(Member.numbered(i));
        }
        List<ZooKeeperServer> servers = new ArrayList<>();
        try {
            for (Member member : members) {
                Path directory = TemporaryDirectory.create("coordkit-zookeeper-");
                configure(directory, member, members, settings);
                servers.add(new ZooKeeperServer(member.port(), command(java, directory), directory));
            }
            servers.forEach(ZooKeeperServer::awaitService);
            return servers;
        } catch (RuntimeException e) {
            servers.forEach(ZooKeeperServer::close);
            throw e;
        }
    }

    private static void configure(Path directory, Member member, List<Member> members, String... settings) {
        Path data = directory.resolve("data");
        List<String> lines = new ArrayList<>(List.of(
                "tickTime=200",
                "minSessionTimeout=400",
                "maxSessionTimeout=3600000",
                "initLimit=50",
                "syncLimit=25",
                "dataDir=" + data,
                "clientPort=" + member.port(),
                "clientPortAddress=127.0.0.1",
                "maxClientCnxns=0",
                "admin.enableServer=false",
                "4lw.commands.whitelist=*"));
        lines.addAll(List.of(settings));
        if (members.size() > 1) {
            members.forEach(each -> lines.add(each.asPeer()));
        }
        try {
            Files.createDirectories(data);
            Files.writeString(data.resolve("myid"), Integer.toString(member.id()));
            Files.write(directory.resolve("zoo.cfg"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(Path java, Path directory) {
        return List.of(
                java.toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dzookeeper.forceSync=no",
                "-Dzookeeper.preAllocSize=256",
                "-Dznode.container.checkIntervalMs=1000",
                "-cp",
                JAR.toString(),
                "org.apache.zookeeper.server.quorum.QuorumPeerMain",
                directory.resolve("zoo.cfg").toString());
    }

    /** Host and port, for example {@code 127.0.0.1:40123}. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    /**
     * What several servers are addressed by together, for example {@code 127.0.0.1:40123,127.0.0.1:40124}.
     *
     * @param servers of one ensemble
     */
    public static String addresses(List<ZooKeeperServer> servers) {
        return servers.stream().map(ZooKeeperServer::address).collect(Collectors.joining(","));
    }

    /** Kills the process as {@code kill -9} does; the data stay. Does nothing to a server that is down. */
    public synchronized void kill9() {
        process.kill();
    }

    /**
     * Starts the server again on its ports and data; one that still runs is killed first.
     *
     * @throws IllegalStateException if it is closed, or does not come up
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException(this + " is closed");
        }
        process.kill();
        process = ServerProcess.begin(command, directory);
        awaitService();
    }

    /** Starts the server again as a new one without its data. Only for one that is alone. */
    public synchronized void restartEmpty() {
        process.kill();
        TemporaryDirectory.delete(directory.resolve("data").resolve("version-2"));
        restart();
    }

    /** Stops the process in its tracks (SIGSTOP): connections stay open, and nothing answers. */
    public synchronized void pause() {
        process.pause();
    }

    /** Lets a paused server go on. */
    public synchronized void resume() {
        process.resume();
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
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException noAnswer) {
            return "";
        }
    }

    /** Ends the process and deletes its data. Idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (Thread.currentThread() != atExit) {
            Runtime.getRuntime().removeShutdownHook(atExit);
        }
        process.kill();
        TemporaryDirectory.delete(directory);
    }

    @Override
    public String toString() {
        return "ZooKeeper at " + address();
    }

    private synchronized void awaitService() {
        process.await(() -> command("srvr").contains("Mode: "), "port " + port, START_TIMEOUT);
    }
}
