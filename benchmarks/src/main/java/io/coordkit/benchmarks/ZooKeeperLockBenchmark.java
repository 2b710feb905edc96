package io.coordkit.benchmarks;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.zookeeper.ZooKeeperLocks;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Our ZooKeeper lock and Curator's InterProcessMutex, over the same Curator clients, on the same ZooKeeper. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class ZooKeeperLockBenchmark {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final int CLIENTS = 2;

    private final List<CuratorFramework> curators = new ArrayList<>();
    private final List<LockClient> clients = new ArrayList<>();
    private final List<InterProcessMutex> passed = new ArrayList<>();
    private ZooKeeperServer server;
    private InterProcessMutex hotMutex;

    /** One ZooKeeper, and each Curator client for both. */
    @Setup(Level.Trial)
    public void start() {
        server = ZooKeeperServer.start();
        for (int i = 0; i < CLIENTS; i++) {
            CuratorFramework curator = CuratorFrameworkFactory.builder()
                    .connectString(server.address())
                    .sessionTimeoutMs((int) WAIT.toMillis())
                    .retryPolicy(new RetryOneTime(100))
                    .build();
            curator.start();
            curators.add(curator);
            clients.add(ZooKeeperLocks.using(curator));
            passed.add(new InterProcessMutex(curator, "/passed-curator"));
        }
        hotMutex = new InterProcessMutex(curators.get(0), "/hot-curator");
    }

    /** Stops all. */
    @TearDown(Level.Trial)
    public void stop() {
        clients.forEach(LockClient::close);
        curators.forEach(CuratorFramework::close);
        server.close();
    }

    /** Curator's mutex that no other thread wants. */
    @State(Scope.Thread)
    public static class OwnMutex {
        private InterProcessMutex mutex;

        /** Makes it. */
        @Setup(Level.Trial)
        public void make(ZooKeeperLockBenchmark benchmark, Own own) {
            mutex = new InterProcessMutex(benchmark.curators.get(0), "/" + own.name());
        }
    }

    /** Acquire and release, uncontended, one thread: ours. */
    @Benchmark
    public long pairCoordkit(Own own) throws InterruptedException {
        try (Hold hold = clients.get(0).mutex(own.name()).acquire(WAIT)) {
            return hold.token();
        }
    }

    /** Acquire and release, uncontended, one thread: Curator's. */
    @Benchmark
    public boolean pairPeer(OwnMutex own) throws Exception {
        own.mutex.acquire();
        own.mutex.release();
        return own.mutex.isAcquiredInThisProcess();
    }

    /** Two writes by the same client library. */
    @Benchmark
    public String pairFloor() throws Exception {
        String path = curators.get(0)
                .create()
                .withMode(CreateMode.EPHEMERAL_SEQUENTIAL)
                .forPath("/floor");
        curators.get(0).delete().forPath(path);
        return path;
    }

    /** Eight threads of one process on one lock: ours. */
    @Benchmark
    @Threads(8)
    public long hotKeyCoordkit() throws InterruptedException {
        try (Hold hold = clients.get(0).mutex("hot").acquire(WAIT)) {
            return hold.token();
        }
    }

    /** Eight threads of one process on one lock: Curator's. */
    @Benchmark
    @Threads(8)
    public boolean hotKeyPeer() throws Exception {
        hotMutex.acquire();
        try {
            return true;
        } finally {
            hotMutex.release();
        }
    }

    /** From a release to the grant to another client: ours. */
    @Benchmark
    @Threads(2)
    public long handOverCoordkit(HandOvers handOvers, HandOvers.Turn turn, HandOvers.Shared shared)
            throws InterruptedException {
        try (Hold hold = clients.get(turn.client()).mutex("passed").acquire(WAIT)) {
            handOvers.held(turn, shared);
            return hold.token();
        }
    }

    /** From a release to the grant to another client: Curator's. */
    @Benchmark
    @Threads(2)
    public int handOverPeer(HandOvers handOvers, HandOvers.Turn turn, HandOvers.Shared shared) throws Exception {
        InterProcessMutex mutex = passed.get(turn.client());
        mutex.acquire();
        try {
            handOvers.held(turn, shared);
            return turn.client();
        } finally {
            mutex.release();
        }
    }
}
