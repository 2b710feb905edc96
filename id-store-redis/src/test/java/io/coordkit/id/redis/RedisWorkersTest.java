package io.coordkit.id.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.Coordkit;
import io.coordkit.CoordkitConfig;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerGuarantee;
import io.coordkit.id.WorkerLease;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerWindow;
import io.coordkit.id.snowflake.SnowflakeIds;
import io.coordkit.observe.CoordEvent;
import io.coordkit.testkit.ChildJvm;
import io.coordkit.testkit.TooLate;
import io.coordkit.testkit.server.FreePort;
import io.coordkit.testkit.server.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.redisson.api.RMap;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;

class RedisWorkersTest {
    private static final int ALL = 1_024;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void allNumbersOfProcessesThatWereKilled_areFreeAfterTheirWindow(@TempDir Path directory) throws Exception {
        Duration window = Duration.ofSeconds(30);
        try (RedisServer server = RedisServer.start();
                WorkerLeaseSource source = RedisIds.workers(server.uri())) {
            List<ChildJvm> hoarders = Stream.of("one", "other")
                    .map(name -> ChildJvm.start(
                            LeaseHoarder.class,
                            directory.resolve(name),
                            server.uri(),
                            "order",
                            Integer.toString(ALL),
                            Integer.toString(ALL / 2),
                            window.toString()))
                    .toList();
            try {
                await(() -> isRefused(source, window), "the last number to be taken");
            } finally {
                hoarders.forEach(ChildJvm::kill9);
            }
            long killed = System.nanoTime();
            Set<Integer> free = new TreeSet<>();
            await(() -> take(source, window, free), "a number that is free again");
            System.out.printf("A number was free %d ms after the kill%n", (System.nanoTime() - killed) / 1_000_000);
            while (free.size() < ALL) { // or until the test's own timeout
                take(source, window, free);
            }
            assertThat(free)
                    .containsExactlyElementsOf(IntStream.range(0, ALL).boxed().toList());
        }
    }

    /** Whether all numbers are taken; one that is not is given back. */
    private static boolean isRefused(WorkerLeaseSource source, Duration window) {
        try {
            source.acquire("order", ALL, window).release(Instant.EPOCH);
            return false;
        } catch (IdUnavailableException refusal) {
            assertThat(refusal).hasMessageContainingAll("all 1024", "redis", "layout");
            return true;
        }
    }

    private static boolean take(WorkerLeaseSource source, Duration window, Set<Integer> taken) {
        try {
            taken.add(source.acquire("order", ALL, window).worker());
            return true;
        } catch (IdUnavailableException notYet) {
            return false;
        }
    }

    /** The server forgets everything when it is killed, and a zombie's window is in nobody's record. */
    @Test
    void redisThatHasLostItsData_givesNoNumberAwayForAWindow() throws Exception {
        Duration window = Duration.ofSeconds(3);
        try (RedisServer server = RedisServer.start();
                WorkerLeaseSource source = RedisIds.workers(server.uri())) {
            WorkerLease zombie = source.acquire("order", 1, window);
            Instant reserved = zombie.renew().until();
            server.kill9();
            server.restart();
            WorkerLease next = acquire(source, window);

            assertThat(next.worker()).isEqualTo(zombie.worker());
            assertThat(next.window().from()).isAfter(reserved);
            assertThat(source.guarantees().has(WorkerGuarantee.SURVIVES_DATA_LOSS))
                    .isTrue();
        }
    }

    /** A Redis that restarts from its disk may have an owner from before the last one, and looks healthy. */
    @Test
    void redisThatHasRestartedWithOldData_countsEveryNumberAsUsedForAWindow() throws Exception {
        Duration window = Duration.ofSeconds(3);
        try (RedisServer server = RedisServer.start();
                WorkerLeaseSource source = RedisIds.workers(server.uri())) {
            WorkerLease zombie = source.acquire("order", 1, window);
            String old = record(server);
            WorkerLease taker = acquire(source, window);
            Instant reserved = taker.renew().until();
            server.kill9();
            server.restart();
            putBack(server, old);
            List<WorkerWindow> renewed = new ArrayList<>();
            await(() -> renew(zombie, renewed), "a renewal");

            assertThat(renewed.get(0).from()).isAfter(reserved);
            assertThatThrownBy(taker::renew).isInstanceOf(WorkerLeaseLostException.class);
        }
    }

    private static boolean renew(WorkerLease lease, List<WorkerWindow> windows) {
        try {
            return windows.add(lease.renew());
        } catch (WorkerLeaseLostException e) {
            throw e;
        } catch (IdUnavailableException notYet) {
            return false;
        }
    }

    private static String record(RedisServer server) {
        RedissonClient redisson = RedisConnection.open(server.uri());
        try {
            RMap<String, String> records = redisson.getMap("ck:ids:{order}:w", StringCodec.INSTANCE);
            return Objects.requireNonNull(records.get("0"));
        } finally {
            redisson.shutdown();
        }
    }

    private static void putBack(RedisServer server, String record) {
        RedissonClient redisson = RedisConnection.open(server.uri());
        try {
            RMap<String, String> records = redisson.getMap("ck:ids:{order}:w", StringCodec.INSTANCE);
            records.fastPut("0", record);
        } finally {
            redisson.shutdown();
        }
    }

    private static WorkerLease acquire(WorkerLeaseSource source, Duration window) throws InterruptedException {
        ConcurrentLinkedQueue<WorkerLease> leases = new ConcurrentLinkedQueue<>();
        await(
                () -> {
                    try {
                        return leases.add(source.acquire("order", 1, window));
                    } catch (IdUnavailableException notYet) {
                        return false;
                    }
                },
                "a lease");
        return leases.remove();
    }

    @Test
    void storeIsChosenBySettings_andItsEventsAreTold() {
        ConcurrentLinkedQueue<CoordEvent> events = new ConcurrentLinkedQueue<>();
        try (RedisServer server = RedisServer.start()) {
            Properties properties = new Properties();
            properties.setProperty("coordkit.ids.order.type", "snowflake");
            properties.setProperty("coordkit.ids.order.worker-store", server.uri());
            properties.setProperty("coordkit.ids.order.window", "PT1S");
            properties.setProperty("coordkit.ids.order.layout", "twitter");
            try (Coordkit kit = Coordkit.open(CoordkitConfig.fromProperties(properties), events::add)) {
                SnowflakeIds ids = (SnowflakeIds) kit.ids("order");
                long id = ids.next();
                assertThat(ids.inspect(id).datacenter() * 32 + ids.inspect(id).machine())
                        .isEqualTo(ids.worker());
            }
        }
        assertThat(events)
                .hasAtLeastOneElementOfType(CoordEvent.WorkerLeaseAcquired.class)
                .hasAtLeastOneElementOfType(CoordEvent.WorkerLeaseRenewed.class)
                .hasAtLeastOneElementOfType(CoordEvent.WorkerLeaseReleased.class);
    }

    @Test
    void redisThatIsNotThere_isNamed_andMalformedUrisAreRefused() {
        int nobody = FreePort.find();
        assertThatThrownBy(() -> RedisIds.workers("redis://127.0.0.1:" + nobody))
                .isInstanceOf(BackendUnreachableException.class)
                .hasMessageContaining("127.0.0.1:" + nobody);
        assertThatThrownBy(() -> RedisIds.workers("http://localhost"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("redis://", "'http'");
    }

    private static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            TooLate.check(giveUp, "time to wait for %s", what);
            Thread.sleep(100);
        }
    }
}
