package io.coordkit.testkit.server;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one place that tests get their servers from. A server is started when it is first asked for, and the same is
 * handed out from then on: by {@link #shared} to all tests of a run, which must not hurt it, and by {@link #own} to
 * whoever asked.
 *
 * <p>A single server that is shared can be somebody else's, told as {@code host:port} by {@code COORDKIT_REDIS},
 * {@code COORDKIT_ETCD} or {@code COORDKIT_ZOOKEEPER}, or as {@code user:password@host:port} by {@code COORDKIT_MYSQL}
 * or {@code COORDKIT_MARIADB}. All others are containers, if {@code org.testcontainers:testcontainers} is on the class
 * path and Docker runs, on Linux, for they use the machine's own network; else processes of this machine, if the program
 * is installed. The system property {@code coordkit.servers} forces another order of {@code environment},
 * {@code containers} and {@code processes}, or fewer of them. Which version serves, and from where, is printed when the
 * first of a kind starts. Who needs a server with options of its own calls that server's {@code start}.
 *
 * <p>Thread-safe. What {@code shared} started ends with the JVM, and what {@code own} started in {@link #close}.
 */
public final class Servers implements AutoCloseable {
    private static final Servers SHARED = new Servers(); // starting takes seconds: once per run, not per test class

    private final Deque<Runnable> endings = new ArrayDeque<>();
    private final Lazy<RedisServer> redis = one(ServerKind.REDIS, RedisServer::given, RedisServer::start);
    private final Lazy<RedisSentinels> redisSentinels = new Lazy<>(RedisSentinels::start, RedisSentinels::close);
    private final Lazy<RedisCluster> redisCluster = new Lazy<>(RedisCluster::start, RedisCluster::close);
    private final Map<Integer, Lazy<List<RedisServer>>> redisNodes = new ConcurrentHashMap<>();
    private final Lazy<EtcdServer> etcd = one(ServerKind.ETCD, EtcdServer::given, EtcdServer::start);
    private final Lazy<List<EtcdServer>> etcdCluster = group(EtcdServer::startCluster, 3);
    private final Lazy<ZooKeeperServer> zooKeeper =
            one(ServerKind.ZOOKEEPER, ZooKeeperServer::given, ZooKeeperServer::start);
    private final Lazy<List<ZooKeeperServer>> zooKeeperEnsemble = group(ZooKeeperServer::startEnsemble, 3);
    private final Lazy<MariaDbServer> mariaDb = one(ServerKind.MARIADB, MariaDbServer::given, MariaDbServer::start);
    private final Lazy<MySqlServer> mySql = one(ServerKind.MYSQL, MySqlServer::given, MySqlServer::start);
    private final Lazy<H2Databases> h2 = new Lazy<>(H2Databases::start, H2Databases::close);
    private final Lazy<TestCertificates> certificates = new Lazy<>(TestCertificates::create, TestCertificates::close);

    private Servers() {}

    /** Those that all tests of this JVM share. */
    public static Servers shared() {
        return SHARED;
    }

    /** Fresh ones, to be hurt. */
    public static Servers own() {
        return new Servers();
    }

    /** One Redis without persistence. */
    public RedisServer redis() {
        return redis.get();
    }

    /** A Redis primary with two replicas, and three sentinels. */
    public RedisSentinels redisSentinels() {
        return redisSentinels.get();
    }

    /** A Redis Cluster of three masters with a replica each. */
    public RedisCluster redisCluster() {
        return redisCluster.get();
    }

    /** Redis servers that know nothing of each other; the same ones for the same count. */
    public List<RedisServer> redisNodes(int count) {
        return redisNodes
                .computeIfAbsent(count, size -> group(RedisServer::startSeveral, size))
                .get();
    }

    /** One etcd. */
    public EtcdServer etcd() {
        return etcd.get();
    }

    /** Three that form an etcd cluster. */
    public List<EtcdServer> etcdCluster() {
        return etcdCluster.get();
    }

    /** One ZooKeeper. */
    public ZooKeeperServer zooKeeper() {
        return zooKeeper.get();
    }

    /** Three that form a ZooKeeper ensemble. */
    public List<ZooKeeperServer> zooKeeperEnsemble() {
        return zooKeeperEnsemble.get();
    }

    /** One MariaDB. */
    public MariaDbServer mariaDb() {
        return mariaDb.get();
    }

    /** One MySQL. */
    public MySqlServer mySql() {
        return mySql.get();
    }

    /** H2, embedded: no server, but asked for like one. */
    public H2Databases h2() {
        return h2.get();
    }

    /** Certificates for servers that speak TLS. */
    public TestCertificates certificates() {
        return certificates.get();
    }

    /** Ends all that it started, the last first; nothing, if it is the {@link #shared} one. Idempotent. */
    @Override
    public synchronized void close() {
        while (this != SHARED && !endings.isEmpty()) {
            endings.pop().run();
        }
    }

    private synchronized void endWith(Runnable ending) {
        endings.push(ending);
    }

    /** Somebody else's, if the environment tells of one and it is shared; else one that is started. */
    private <S extends TestServer> Lazy<S> one(ServerKind kind, Function<String, S> given, Supplier<S> start) {
        return new Lazy<>(
                () -> {
                    Optional<String> address =
                            this == SHARED ? ServerSources.here().given(kind) : Optional.empty();
                    return address.isPresent() ? given.apply(address.get()) : start.get();
                },
                TestServer::close);
    }

    private <S extends TestServer> Lazy<List<S>> group(Function<Integer, List<S>> start, int size) {
        return new Lazy<>(() -> start.apply(size), members -> members.forEach(TestServer::close));
    }

    /** What is started when it is first asked for. */
    private final class Lazy<T> {
        private final Supplier<T> start;
        private final Consumer<T> end;
        private @Nullable T started;

        Lazy(Supplier<T> start, Consumer<T> end) {
            this.start = start;
            this.end = end;
        }

        synchronized T get() {
            T ready = started;
            if (ready == null) {
                T fresh = start.get();
                endWith(() -> end.accept(fresh));
                started = fresh;
                ready = fresh;
            }
            return ready;
        }
    }
}
