package io.coordkit.benchmarks;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.Mutex;
import io.coordkit.lock.redis.RedisLocks;
import io.coordkit.testkit.server.RedisServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.redisson.api.RBucket;
import org.redisson.api.RLock;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** Our Redis lock and Redisson's RLock, over the same Redisson clients, on the same Redis. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class RedisLockBenchmark {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final int CLIENTS = 2;

    private final List<RedissonClient> redissons = new ArrayList<>();
    private final List<LockClient> clients = new ArrayList<>();
    private RedisServer server;
    private Mutex hotMutex;
    private RLock hotRLock;
    private RBucket<String> bucket;

    /** One Redis, and each Redisson client for both. */
    @Setup(Level.Trial)
    public void start() {
        server = RedisServer.start();
        for (int i = 0; i < CLIENTS; i++) {
            Config config = new Config();
            config.useSingleServer().setAddress(server.uri());
            redissons.add(Redisson.create(config));
            clients.add(RedisLocks.using(redissons.get(i)));
        }
        hotMutex = clients.get(0).mutex("hot");
        hotRLock = redissons.get(0).getLock("hot-redisson");
        bucket = redissons.get(0).getBucket("floor", StringCodec.INSTANCE);
    }

    /** Stops all. */
    @TearDown(Level.Trial)
    public void stop() {
        clients.forEach(LockClient::close);
        redissons.forEach(RedissonClient::shutdown);
        server.close();
    }

    /** Acquire and release, uncontended, one thread: ours. */
    @Benchmark
    public long pairCoordkit(Own own) throws InterruptedException {
        try (Hold hold = clients.get(0).mutex(own.name()).acquire(WAIT)) {
            return hold.token();
        }
    }

    /** Acquire and release, uncontended, one thread: Redisson's. */
    @Benchmark
    public boolean pairPeer(Own own) {
        RLock lock = redissons.get(0).getLock(own.name());
        lock.lock();
        try {
            return lock.isHeldByCurrentThread();
        } finally {
            lock.unlock();
        }
    }

    /** Two round trips by the same client library. */
    @Benchmark
    public boolean pairFloor() {
        bucket.set("1");
        return bucket.delete();
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

    /** A hold of ours, and a lock of Redisson's held by the thread, to be entered again. */
    @State(Scope.Thread)
    public static class Held {
        private Hold hold;
        private RLock lock;

        /** Takes both. */
        @Setup(Level.Trial)
        public void take(RedisLockBenchmark benchmark, Own own) throws InterruptedException {
            hold = benchmark.clients.get(0).mutex(own.name() + ":held").acquire(WAIT);
            lock = benchmark.redissons.get(0).getLock(own.name() + ":held-redisson");
            lock.lock();
        }

        /** Gives both up. */
        @TearDown(Level.Trial)
        public void give() {
            hold.close();
            lock.unlock();
        }
    }

    /** Enter a held lock again, and leave it: ours. */
    @Benchmark
    public boolean reenterCoordkit(Held held) {
        try (Hold again = held.hold.reenter()) {
            return again == held.hold;
        }
    }

    /** Enter a held lock again, and leave it: Redisson's. */
    @Benchmark
    @SuppressWarnings("LockNotBeforeTry") // nothing can fail in between
    public void reenterPeer(Held held) {
        held.lock.lock();
        held.lock.unlock();
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

    /** From a release to the grant to another client: Redisson's. */
    @Benchmark
    @Threads(2)
    public int handOverPeer(HandOvers handOvers, HandOvers.Turn turn, HandOvers.Shared shared) {
        RLock lock = redissons.get(turn.client()).getLock("passed-redisson");
        lock.lock();
        try {
            handOvers.held(turn, shared);
            return turn.client();
        } finally {
            lock.unlock();
        }
    }
}
