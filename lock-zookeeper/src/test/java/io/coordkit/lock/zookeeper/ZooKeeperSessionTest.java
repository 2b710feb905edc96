package io.coordkit.lock.zookeeper;

import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.ZooKeeperServer;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of a session decides what becomes of its locks. */
class ZooKeeperSessionTest {
    private static final Duration PATIENCE = ofSeconds(60);
    private static ZooKeeperServer server;
    private static CuratorFramework admin;

    @BeforeAll
    static void start() {
        server = ZooKeeperServer.start();
        admin = Nodes.curator(server.address(), ofSeconds(60));
    }

    @AfterAll
    static void stop() {
        admin.close();
        server.close();
    }

    private static LockOptions ttl(Duration ttl) {
        return LockOptions.DEFAULTS.withTtl(ttl);
    }

    private static String uri() {
        return "zk://" + server.address();
    }

    @Test
    void anExpiredSessionLosesItsHoldsAndTheNextOneAcquires() throws Exception {
        try (CuratorFramework curator = Nodes.curator(server.address(), ofSeconds(3));
                LockClient locks = ZooKeeperLocks.using(curator, ttl(ofSeconds(3)), CoordObserver.NONE);
                LockClient others = ZooKeeperLocks.connect(uri(), ttl(ofSeconds(3)), CoordObserver.NONE)) {
            Hold held = locks.mutex("expiring").acquire(PATIENCE);
            Hold busy = others.mutex("waited for").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = locks.mutex("waited for").acquireAsync(PATIENCE);
            Nodes.await("it waits", () -> Nodes.queue(admin, "waited for").size() == 2);
            CountDownLatch lost = new CountDownLatch(1);
            held.onLost(lost::countDown);

            long before = curator.getZookeeperClient().getZooKeeper().getSessionId();
            curator.getZookeeperClient().getZooKeeper().getTestable().injectSessionExpiration();
            assertThat(lost.await(15, TimeUnit.SECONDS)).isTrue();
            try (Hold again = locks.mutex("expiring").acquire(PATIENCE)) {
                assertThat(again.token()).isGreaterThan(held.token());
                assertThat(curator.getZookeeperClient().getZooKeeper().getSessionId())
                        .isNotEqualTo(before);
            }
            busy.close();
            try (Hold next = waiting.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                assertThat(next.token()).isGreaterThan(busy.token());
                next.check();
            }
        }
    }

    @Test
    void aProcessThatIsKilledBlocksForOneSession() throws Exception {
        Duration ttl = ofSeconds(8); // for a process that has just begun
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        HoldForEver.class.getName(),
                        uri(),
                        "orphan",
                        ttl.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (LockClient locks = ZooKeeperLocks.connect(uri(), ttl(ttl), CoordObserver.NONE);
                BufferedReader output = process.inputReader()) {
            long token = Long.parseLong(output.readLine());
            assertThat(locks.mutex("orphan").tryAcquire(ttl.multipliedBy(2))).isEmpty();
            process.destroyForcibly();
            long start = System.nanoTime();
            try (Hold hold =
                    locks.mutex("orphan").tryAcquire(ttl.multipliedBy(10)).orElseThrow()) {
                assertThat(hold.token()).isGreaterThan(token);
            }
            System.out.println(
                    "in " + Duration.ofNanos(System.nanoTime() - start).toMillis()
                            + " ms after kill -9 of the holder with a session of " + ttl);
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void aClosedClientLeavesNoThreads() throws Exception {
        LockClient locks = ZooKeeperLocks.connect(uri());
        locks.mutex("threads").acquire(PATIENCE).close();
        int during = clientThreads();
        locks.close();
        Nodes.await("its threads have ended", () -> clientThreads() < during);
        try (LockClient others = ZooKeeperLocks.connect(uri())) {
            assertThat(others.mutex("threads").tryAcquire()).isPresent();
        }
        Nodes.await("no timer is left", () -> threads("coordkit-") == 0);
    }

    private static int clientThreads() {
        return threads("coordkit-") + threads("Curator-") + threads("-SendThread(");
    }

    private static int threads(String part) {
        return (int) Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().contains(part))
                .count();
    }
}
