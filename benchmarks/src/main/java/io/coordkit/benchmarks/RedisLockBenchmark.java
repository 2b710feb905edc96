package io.coordkit.benchmarks;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.redis.RedisLocks;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.UUID;
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
import org.redisson.Redisson;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** Our Redis lock and Redisson's RLock, over the same Redisson client settings, on the same Redis. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(java.util.concurrent.TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class RedisLockBenchmark {
    private static final Duration WAIT = Duration.ofSeconds(30);

    private RedisServer server;
    private RedissonClient redisson;
    private LockClient locks;
    private Mutex hotMutex;
    private RLock hotRLock;

    /** One Redis and one Redisson client for both. */
    @Setup(Level.Trial)
    public void start() {
        server = RedisServer.start();
        Config config = new Config();
        config.useSingleServer().setAddress(server.uri());
        redisson = Redisson.create(config);
        locks = RedisLocks.using(redisson);
        hotMutex = locks.mutex("hot");
        hotRLock = redisson.getLock("hot-redisson");
    }

    /** Stops both. */
    @TearDown(Level.Trial)
    public void stop() {
        locks.close();
        redisson.shutdown();
        server.close();
    }

    /** A lock that nobody else wants, one per thread. */
    @State(Scope.Thread)
    public static class Own {
        private final String name = "own:" + UUID.randomUUID();
    }

    /** Acquire and release, uncontended, one thread: ours. */
    @Benchmark
    public long pairCoordkit(Own own) throws InterruptedException {
        try (Hold hold = locks.mutex(own.name).acquire(WAIT)) {
            return hold.token();
        }
    }

    /** Acquire and release, uncontended, one thread: Redisson's. */
    @Benchmark
    public boolean pairPeer(Own own) {
        RLock lock = redisson.getLock(own.name);
        lock.lock();
        try {
            return lock.isHeldByCurrentThread();
        } finally {
            lock.unlock();
        }
    }

    /** Eight threads of one process on one lock: ours. */
    @Benchmark
    @Threads(8)
    public long hotKeyCoordkit() throws InterruptedException {
        try (Hold hold = hotMutex.acquire(WAIT)) {
            return hold.token();
        }
    }

    /** Eight threads of one process on one lock: Redisson's. */
    @Benchmark
    @Threads(8)
    public boolean hotKeyPeer() {
        hotRLock.lock();
        try {
            return true;
        } finally {
            hotRLock.unlock();
        }
    }
}
