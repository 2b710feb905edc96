package io.coordkit.lock.redis;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.config.Settings;
import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.lock.redis.RedisAddress.Topology;
import io.coordkit.lock.spi.Answer;
import io.coordkit.lock.spi.Candidacy;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.RedisServer;
import io.coordkit.testkit.server.Servers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.redisson.Redisson;
import org.redisson.api.RedissonClient;
import org.redisson.config.Config;
import org.redisson.config.NameMapper;

/** That a release reaches a waiter by notification, whatever else is going on; polling would take 20 s. */
class RedisWakeupsTest {
    private static final Duration LONG_TTL = ofSeconds(60);
    private static final Duration PATIENCE = ofSeconds(20);
    private static final Duration FAR_BELOW_ANY_POLLING = ofSeconds(8);
    private static RedisServer server;

    @BeforeAll
    static void start() {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void waitersOfDeadProcessesDoNotUseUpTheWakeUp() throws Exception {
        try (LockClient mine = connect(LONG_TTL);
                LockClient other = connect(LONG_TTL)) {
            Hold held = mine.mutex("dead").acquire(PATIENCE);
            RedissonClient redisson = redisson(NameMapper.direct());
            for (int i = 0; i < 20; i++) {
                RedisLockBackend crashed = RedisLockBackend.over(redisson, () -> {}, false);
                crashed.stand("dead", LONG_TTL, () -> {})
                        .request()
                        .toCompletableFuture()
                        .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            }
            redisson.shutdown();
            CompletableFuture<Hold> waiting = waiter(other, "dead");
            held.close();
            waiting.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
        }
    }

    /** Each listens in a client of its own: in a cluster on the shard of the bucket, wherever the client's name lies. */
    @ParameterizedTest
    @EnumSource
    void aReleaseWakesOneOfManyClients(Topology topology) throws Exception {
        String uri = switch (topology) {
            case STANDALONE -> Servers.shared().redis().uri();
            case SENTINEL -> Servers.shared().redisSentinels().uri();
            case CLUSTER -> Servers.shared().redisCluster().uri();
        };
        String name = "one of many " + topology;
        RedisKeys keys = RedisKeys.of(name);
        List<RedisLockBackend> backends = new ArrayList<>();
        try {
            for (int i = 0; i < 6; i++) {
                backends.add(RedisConnection.open(RedisAddress.parse(uri), Settings.NONE, false));
            }
            Candidacy holder = backends.get(0).stand(name, LONG_TTL, () -> {});
            assertThat(get(holder.request())).isInstanceOf(Answer.Granted.class);
            List<RedisCandidacy> waiting = new ArrayList<>();
            List<CountDownLatch> woken = new ArrayList<>();
            for (RedisLockBackend backend : backends.subList(1, backends.size())) {
                List<CountDownLatch> wake = new CopyOnWriteArrayList<>(List.of(new CountDownLatch(1)));
                Candidacy candidacy =
                        backend.stand(name, LONG_TTL, () -> wake.get(0).countDown());
                assertThat(get(candidacy.request())).isInstanceOf(Answer.Pending.class);
                assertThat(wake.get(0).await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .as("woken when its channel is subscribed, since when it misses nothing")
                        .isTrue();
                CountDownLatch next = new CountDownLatch(1);
                wake.set(0, next);
                woken.add(next);
                waiting.add((RedisCandidacy) candidacy);
            }
            get(holder.abandon());
            List<String> left = server(topology, keys.queue())
                    .command("ZRANGE", keys.queue(), "0", "-1")
                    .lines()
                    .toList();
            assertThat(left).as("not woken").hasSize(waiting.size() - 1);
            for (int i = 0; i < waiting.size(); i++) {
                if (!left.contains(waiting.get(i).id())) {
                    assertThat(woken.get(i).await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                            .as("the one that was taken out of the queue is woken")
                            .isTrue();
                    assertThat(get(waiting.get(i).request())).isInstanceOf(Answer.Granted.class);
                }
            }
        } finally {
            backends.forEach(RedisLockBackend::close);
        }
    }

    private static RedisServer server(Topology topology, String key) {
        return switch (topology) {
            case STANDALONE -> Servers.shared().redis();
            case SENTINEL -> Servers.shared().redisSentinels().primary();
            case CLUSTER -> Servers.shared().redisCluster().masterOf(key);
        };
    }

    private static <T> T get(CompletionStage<T> answer) throws Exception {
        return answer.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    @Test
    void theCallersNameMapperAppliesToTheWakeUpsToo() throws Exception {
        RedissonClient redisson = redisson(new Prefix("app1:"));
        try (LockClient mine = RedisLocks.using(redisson, LockOptions.DEFAULTS.withTtl(LONG_TTL), CoordObserver.NONE);
                LockClient other =
                        RedisLocks.using(redisson, LockOptions.DEFAULTS.withTtl(LONG_TTL), CoordObserver.NONE)) {
            Hold held = mine.mutex("mapped").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = waiter(other, "mapped");
            held.close();
            waiting.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
        } finally {
            redisson.shutdown();
        }
    }

    @Test
    void aBrokenSubscriptionIsMadeAgainAndAsksAgain() throws Exception {
        try (LockClient mine = connect(LONG_TTL);
                LockClient other = connect(LONG_TTL)) {
            Hold held = mine.mutex("broken").acquire(PATIENCE);
            CompletableFuture<Hold> waiting = waiter(other, "broken");
            server.command("CLIENT", "KILL", "TYPE", "PUBSUB");
            held.close();
            waiting.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
        }
    }

    private record Prefix(String text) implements NameMapper {
        @Override
        public String map(String name) {
            return text + name;
        }

        @Override
        public String unmap(String name) {
            return name.substring(text.length());
        }
    }

    private static RedissonClient redisson(NameMapper mapper) {
        Config config = new Config();
        config.setNameMapper(mapper).useSingleServer().setAddress(server.uri());
        return Redisson.create(config);
    }

    private static LockClient connect(Duration ttl) {
        return RedisLocks.connect(server.uri(), LockOptions.DEFAULTS.withTtl(ttl), CoordObserver.NONE);
    }

    /** Somebody who has told Redis that he waits: whoever asks after him has had an answer. */
    private static CompletableFuture<Hold> waiter(LockClient client, String name) throws InterruptedException {
        CompletableFuture<Hold> waiting = client.mutex(name).acquireAsync(LONG_TTL);
        assertThat(client.mutex(name).tryAcquire(ofMillis(500))).isEmpty();
        return waiting;
    }
}
