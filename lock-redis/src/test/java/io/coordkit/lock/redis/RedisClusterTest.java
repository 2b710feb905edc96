package io.coordkit.lock.redis;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.RedisCluster;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;

/** What only a cluster can do to locks. */
class RedisClusterTest {
    private static final Duration TTL = ofSeconds(6);
    private static final Duration PATIENCE = ofSeconds(60);
    private static final int LOCKS = 60;

    @Test
    void aSilentShardLosesItsOwnLocksAndNoOthers() throws Exception {
        try (RedisCluster cluster = RedisCluster.start(
                        "--cluster-node-timeout", "600000", "--cluster-require-full-coverage", "no");
                LockClient client = connect(cluster.uri());
                LockClient others = connect(cluster.uri())) {
            RedisServer silent = cluster.masters().get(1);
            List<Hold> doomed = new ArrayList<>();
            List<Hold> safe = new ArrayList<>();
            for (int i = 0; i < LOCKS; i++) {
                Hold hold = client.mutex("shard:" + i).acquire(PATIENCE);
                boolean there = cluster.masterOf(RedisKeys.of(hold.name()).lock()) == silent;
                (there ? doomed : safe).add(hold);
            }
            assertThat(doomed).isNotEmpty();
            CountDownLatch told = new CountDownLatch(doomed.size());
            doomed.forEach(hold -> hold.onLost(told::countDown));
            silent.pause();
            try {
                assertThat(told.await(TTL.toSeconds() * 5, TimeUnit.SECONDS)).isTrue();
                String name = safe.get(0).name();
                assertThat(others.mutex(name).tryAcquire(TTL.multipliedBy(2))).isEmpty();
                safe.forEach(Hold::check);
                safe.get(1).close();
                others.mutex(safe.get(1).name()).acquire(PATIENCE).close();
            } finally {
                silent.resume();
            }
            for (Hold lost : doomed) {
                try (Hold next = others.mutex(lost.name()).acquire(PATIENCE)) {
                    assertThat(next.token()).isGreaterThan(lost.token());
                }
            }
        }
    }

    @Test
    void theCallersRedissonWakesWaitersOnEveryShard() throws Exception {
        Config config = new Config();
        config.useClusterServers()
                .addNodeAddress(Servers.shared().redisCluster().masters().get(2).uri());
        RedissonClient redisson = Redisson.create(config);
        try (LockClient mine = RedisLocks.using(redisson);
                LockClient other = RedisLocks.using(redisson)) {
            for (int i = 0; i < 6; i++) {
                String name = "using:" + i;
                Hold held = mine.mutex(name).acquire(PATIENCE);
                CompletableFuture<Hold> waiting = other.mutex(name).acquireAsync(PATIENCE);
                assertThat(other.mutex(name).tryAcquire(ofMillis(300))).isEmpty();
                held.close();
                waiting.get(8, TimeUnit.SECONDS).close(); // polling would take ten
            }
        } finally {
            redisson.shutdown();
        }
    }

    private static LockClient connect(String uri) {
        return RedisLocks.connect(uri, LockOptions.DEFAULTS.withTtl(TTL), CoordObserver.NONE);
    }
}
