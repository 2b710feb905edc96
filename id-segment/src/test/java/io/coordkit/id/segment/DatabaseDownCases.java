package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.sql.SqlRangeAllocator;
import io.coordkit.id.sql.SqlRangeOptions;
import io.coordkit.id.sql.SqlRangeTable;
import io.coordkit.observe.CoordEvent;
import io.coordkit.testkit.server.SqlServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Ranges of a fixed size, so that the database is asked all the time; as many as are kept ahead are the runway. The
 * callers go slowly, and the client notices soon that nobody answers. A subclass's {@code outages} says what may happen.
 */
@SuppressWarnings("NullAway.Init") // startOn, before all tests
abstract class DatabaseDownCases {
    private static final int STEP = 100;
    private static final int AHEAD = SegmentSupply.MAX_AHEAD * STEP;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long PACE_NANOS = Duration.ofMillis(2).toNanos();
    private static final AtomicInteger databases = new AtomicInteger();
    private static SqlServer server;

    /** What may happen to the server. */
    record Outage(String name, Consumer<SqlServer> beginning, Consumer<SqlServer> ending) {
        static final Outage KILLED = new Outage("killed", SqlServer::kill9, SqlServer::restart);
        static final Outage SILENT = new Outage("silent", SqlServer::pause, SqlServer::resume);
        static final Outage OFF_ITS_NETWORK =
                new Outage("off its network", SqlServer::disconnect, SqlServer::reconnect);

        @Override
        public String toString() {
            return name;
        }
    }

    /** Before all tests; it ends after them. */
    static void startOn(SqlServer started) {
        server = started;
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    private final List<CoordEvent> events = new CopyOnWriteArrayList<>();
    private final Set<Long> issued = new HashSet<>();

    private void take(IdGenerator ids) {
        assertThat(issued.add(ids.next())).isTrue();
        LockSupport.parkNanos(this, PACE_NANOS);
    }

    @ParameterizedTest
    @MethodSource("outages")
    void databaseThatIsAway_isNotNoticedBeforeTheRunwayEnds_andIsAnErrorThen_andAllIsWellWhenItIsBack(Outage outage)
            throws Exception {
        String url = server.createDatabase("down" + databases.incrementAndGet());
        SqlRangeOptions ranges = SqlRangeOptions.DEFAULTS.withStep(STEP).withTable(SqlRangeTable.AUTO_INCREMENT);
        createTables(url, ranges);
        try (RangeAllocator allocator = SqlRangeAllocator.connect(
                        url.replace("connectTimeout=10000", "connectTimeout=500&socketTimeout=500"),
                        new Properties(),
                        ranges);
                FailureCount counted = new FailureCount(allocator);
                IdGenerator ids = SegmentIds.over(
                        "order", counted, SegmentOptions.DEFAULTS.withPatience(PATIENCE), events::add)) {
            for (int i = 0; i < 5 * STEP; i++) {
                awaitAnswer(ids);
            }
            awaitFull();
            events.clear();

            outage.beginning.accept(server);
            // At the end of the range in use, the client finds out; the ranges behind it are still there.
            int taken = 0;
            while (taken < AHEAD - 2 * STEP) {
                take(ids);
                taken++;
            }
            assertThat(counted.failures()).as("what the client noticed").isPositive();
            assertThat(events).as("what callers noticed").noneMatch(CoordEvent.IdStalled.class::isInstance);

            assertThatThrownBy(() -> takeAtMost(ids, 4 * STEP))
                    .isInstanceOf(IdUnavailableException.class)
                    .hasMessageContainingAll("'order'", PATIENCE.toString(), "the database did not give a range");
            assertThat(events)
                    .filteredOn(CoordEvent.IdStalled.class::isInstance)
                    .last()
                    .satisfies(stall ->
                            assertThat(((CoordEvent.IdStalled) stall).waited()).isGreaterThanOrEqualTo(PATIENCE));

            outage.ending.accept(server);
            awaitAnswer(ids);
            for (int i = 0; i < 2 * STEP; i++) {
                take(ids);
            }
        }
    }

    /** By a client that has the patience for it. */
    private void createTables(String url, SqlRangeOptions ranges) {
        try (RangeAllocator allocator = SqlRangeAllocator.connect(url, new Properties(), ranges);
                IdGenerator first = SegmentIds.over("order", allocator, SegmentOptions.DEFAULTS, events::add)) {
            assertThat(issued.add(first.next())).isTrue();
        }
        events.clear();
    }

    private void takeAtMost(IdGenerator ids, int count) {
        for (int i = 0; i < count; i++) {
            take(ids);
        }
    }

    private void awaitFull() throws InterruptedException {
        long issuedSoFar = issued.size();
        RunwayTest.await(() -> events.stream()
                        .filter(CoordEvent.IdRangeAllocated.class::isInstance)
                        .mapToLong(event -> ((CoordEvent.IdRangeAllocated) event).to() - 1)
                        .max()
                        .orElse(0)
                >= issuedSoFar + AHEAD);
    }

    private void awaitAnswer(IdGenerator ids) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                take(ids);
                return;
            } catch (IdUnavailableException e) {
                if (System.nanoTime() > giveUp) {
                    throw e;
                }
            }
        }
    }
}
