package io.coordkit.lock.redis;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.lock.Hold;
import io.coordkit.lock.LockClient;
import io.coordkit.lock.LockOptions;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.server.RedisServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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
                RedisLockBackend crashed = RedisLockBackend.over(redisson, () -> {});
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
            command("CLIENT KILL TYPE PUBSUB");
            held.close();
            waiting.get(FAR_BELOW_ANY_POLLING.toMillis(), TimeUnit.MILLISECONDS).close();
        }
    }

    private static void command(String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
            assertThat(socket.getInputStream().read())
                    .as("the answer to %s", line)
                    .isNotEqualTo('-');
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
