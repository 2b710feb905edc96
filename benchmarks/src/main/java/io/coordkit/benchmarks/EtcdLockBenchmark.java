package io.coordkit.benchmarks;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.etcd.EtcdLocks;
import io.coordkit.testkit.server.EtcdServer;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.lease.LeaseKeepAliveResponse;
import io.etcd.jetcd.support.CloseableClient;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
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

/** Our etcd lock and jetcd's Lock, over the same jetcd clients, on the same etcd. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
public class EtcdLockBenchmark {
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final int CLIENTS = 2;
    private static final long LEASE_SECONDS = 30;
    private static final ByteSequence FLOOR = bytes("floor");

    private final List<Client> jetcds = new ArrayList<>();
    private final List<LockClient> clients = new ArrayList<>();
    private EtcdServer server;

    /** One etcd, and each jetcd client for both. */
    @Setup(Level.Trial)
    public void start() {
        server = EtcdServer.start();
        for (int i = 0; i < CLIENTS; i++) {
            jetcds.add(Client.builder().endpoints("http://" + server.address()).build());
            clients.add(EtcdLocks.using(jetcds.get(i)));
        }
    }

    /** Stops all. */
    @TearDown(Level.Trial)
    public void stop() {
        clients.forEach(LockClient::close);
        jetcds.forEach(Client::close);
        server.close();
    }

    /** A thread's lease with jetcd, kept alive: two that share one are one to its Lock. The best jetcd can be used. */
    @State(Scope.Thread)
    public static class Leased {
        private static final StreamObserver<LeaseKeepAliveResponse> IGNORED = new StreamObserver<>() {
            @Override
            public void onNext(LeaseKeepAliveResponse value) {}

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        };

        private Client jetcd;
        private CloseableClient alive;
        private long lease;

        /** Grants it. */
        @Setup(Level.Trial)
        public void grant(EtcdLockBenchmark benchmark, HandOvers.Turn turn) {
            jetcd = benchmark.jetcds.get(turn.client());
            lease = jetcd.getLeaseClient().grant(LEASE_SECONDS).join().getID();
            alive = jetcd.getLeaseClient().keepAlive(lease, IGNORED);
        }

        /** Keeps it alive no more. */
        @TearDown(Level.Trial)
        public void end() {
            alive.close();
        }

        private ByteSequence lock(String name) {
            return jetcd.getLockClient().lock(bytes(name), lease).join().getKey();
        }

        private boolean unlock(ByteSequence key) {
            return jetcd.getLockClient().unlock(key).join() != null;
        }
    }

    /** Acquire and release, uncontended, one thread: ours. */
    @Benchmark
    public long pairCoordkit(Own own) throws InterruptedException {
        try (Hold hold = clients.get(0).mutex(own.name()).acquire(WAIT)) {
            return hold.token();
        }
    }

    /** Acquire and release, uncontended, one thread: jetcd's, on a lease that lives on. */
    @Benchmark
    public boolean pairPeer(Own own, Leased leased) {
        return leased.unlock(leased.lock(own.name()));
    }

    /** Two commits by the same client library. */
    @Benchmark
    public long pairFloor() {
        Client jetcd = jetcds.get(0);
        jetcd.getKVClient().put(FLOOR, FLOOR).join();
        return jetcd.getKVClient().delete(FLOOR).join().getDeleted();
    }

    /** Eight threads of one process on one lock: ours. */
    @Benchmark
    @Threads(8)
    public long hotKeyCoordkit() throws InterruptedException {
        try (Hold hold = clients.get(0).mutex("hot").acquire(WAIT)) {
            return hold.token();
        }
    }

    /** Eight threads of one process on one lock: jetcd's, a lease for each. */
    @Benchmark
    @Threads(8)
    public boolean hotKeyPeer(Leased leased) {
        return leased.unlock(leased.lock("hot-jetcd"));
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

    /** From a release to the grant to another client: jetcd's. */
    @Benchmark
    @Threads(2)
    public boolean handOverPeer(HandOvers handOvers, HandOvers.Turn turn, HandOvers.Shared shared, Leased leased) {
        ByteSequence key = leased.lock("passed-jetcd");
        handOvers.held(turn, shared);
        return leased.unlock(key);
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }
}
