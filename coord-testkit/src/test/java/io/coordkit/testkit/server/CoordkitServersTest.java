package io.coordkit.testkit.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.coordkit.lock.LockClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Events;

@CoordkitServers
class CoordkitServersTest {
    /** What the tests inside the tests were given, by their name. */
    private static final Map<String, Queue<Object>> GIVEN = new HashMap<>();

    @BeforeEach
    void forget() {
        GIVEN.clear();
    }

    private static void given(String test, Object... servers) {
        GIVEN.computeIfAbsent(test, key -> new ConcurrentLinkedQueue<>()).addAll(List.of(servers));
    }

    private static List<Object> given(String test) {
        return List.copyOf(GIVEN.getOrDefault(test, new ConcurrentLinkedQueue<>()));
    }

    private static Events run(Class<?> tests) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(tests))
                .execute()
                .testEvents();
    }

    private static void runWell(Class<?> tests, int count) {
        run(tests).assertStatistics(statistics -> statistics.started(count).succeeded(count));
    }

    private static Throwable failure(Class<?> tests) {
        return run(tests).failed().stream()
                .map(event -> event.getRequiredPayload(TestExecutionResult.class))
                .flatMap(result -> result.getThrowable().stream())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void everyKindIsThere_andAllShareIt(
            RedisServer redis,
            RedisSentinels sentinels,
            RedisCluster cluster,
            EtcdServer etcd,
            ZooKeeperServer zooKeeper,
            MariaDbServer mariaDb,
            Servers servers,
            TestInfo beside) {
        assertThat(servers).isSameAs(Servers.shared());
        assertThat(List.of(redis, sentinels, cluster, etcd, zooKeeper, mariaDb))
                .containsExactly(
                        servers.redis(),
                        servers.redisSentinels(),
                        servers.redisCluster(),
                        servers.etcd(),
                        servers.zooKeeper(),
                        servers.mariaDb());
        assertThat(redis.command("PING")).isEqualTo("PONG");
        assertThat(zooKeeper.command("ruok")).isEqualTo("imok");
        assertThat(mariaDb.createDatabase("extension")).contains(mariaDb.address());
        assertThat(beside.getTestMethod()).isPresent();
    }

    @Test
    void ownServersAreOneTests_andEndWithIt() {
        runWell(OwnServers.class, 3);
        List<Object> first = given("first");
        List<Object> second = given("second");
        assertThat(first).hasSize(3).containsOnly(first.get(0));
        assertThat(second).hasSize(3).containsOnly(second.get(0)).doesNotContain(first.get(0));
        for (Object each : List.of(first.get(0), second.get(0))) {
            assertThat(each).isNotSameAs(Servers.shared().redis());
            assertThatThrownBy(((RedisServer) each)::restart).hasMessageContaining("closed");
        }
        assertThat(given("shared")).containsOnly(Servers.shared().redis());
        assertThat(Servers.shared().redis().command("PING")).isEqualTo("PONG");
    }

    @CoordkitServers(own = true)
    static class OwnServers {
        private final RedisServer ofConstructor;
        private RedisServer ofBeforeEach;

        OwnServers(RedisServer redis) {
            this.ofConstructor = redis;
        }

        @BeforeEach
        void prepare(RedisServer redis) {
            ofBeforeEach = redis;
        }

        @Test
        void first(RedisServer redis) {
            given("first", redis, ofConstructor, ofBeforeEach);
            redis.kill9();
        }

        @Nested
        class Inside {
            @Test
            void second(RedisServer redis) {
                given("second", redis, ofConstructor, ofBeforeEach);
                assertThat(redis.command("PING")).isEqualTo("PONG");
            }
        }

        @Test
        void shared(@CoordkitServers RedisServer redis) {
            given("shared", redis);
        }
    }

    @Test
    void whatIsAskedForBeforeAllTests_isTheirsUntilAllHaveEnded() {
        runWell(OwnOfTheClass.class, 2);
        List<Object> seen = given("class");
        assertThat(seen)
                .hasSize(3)
                .containsOnly(seen.get(0))
                .doesNotContain(Servers.shared().redis());
        assertThatThrownBy(((RedisServer) seen.get(0))::restart).hasMessageContaining("closed");
    }

    @CoordkitServers(own = true)
    static class OwnOfTheClass {
        @BeforeAll
        static void begin(RedisServer redis) {
            given("class", redis);
        }

        @Test
        void one(RedisServer redis) {
            given("class", redis);
            assertThat(redis.command("PING")).isEqualTo("PONG");
        }

        @Test
        void other(RedisServer redis) {
            given("class", redis);
            assertThat(redis.command("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void aServerThatCannotBeStarted_failsTheTestWithWhatIsMissing() {
        assertThat(failure(WithoutEtcd.class))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessage("No EtcdServer for parameter 1 of asksForIt: etcd is neither on the PATH nor in /usr/sbin")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    static class WithoutEtcd {
        @RegisterExtension
        static final ServerParameters NONE = new ServerParameters(Map.of(EtcdServer.class, servers -> {
            throw new IllegalStateException("etcd is neither on the PATH nor in /usr/sbin");
        }));

        @Test
        void asksForIt(TestInfo test, EtcdServer etcd) {}
    }

    @Test
    void locksWithoutAModule_areRefusedWithThoseThereAre() {
        assertThat(failure(WithoutModule.class))
                .isInstanceOf(ParameterResolutionException.class)
                .hasMessageContaining("locks must name one of [etcd, redis, zk]")
                .hasMessageContaining("as are []; was 'redis'");
    }

    static class WithoutModule {
        @Test
        @CoordkitServers(locks = "redis")
        void locks(LockClient locks) {}
    }
}
