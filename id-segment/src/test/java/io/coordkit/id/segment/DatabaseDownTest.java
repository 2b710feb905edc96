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
import io.coordkit.testkit.server.MariaDbServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Ranges of a fixed size, so that the database is asked all the time; as many as are kept ahead are the runway. The
 * callers go slowly, and the client notices soon that nobody answers.
 */
class DatabaseDownTest {
    private static final int STEP = 100;
    private static final int AHEAD = SegmentSupply.MAX_AHEAD * STEP;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final long PACE_NANOS = Duration.ofMillis(2).toNanos();
    private static final AtomicInteger databases = new AtomicInteger();
    private static MariaDbServer server;

    enum Outage {
        KILLED {
            @Override
            void begin() {
                server.kill9();
            }

            @Override
            void end() {
                server.restart();
            }
        },
        SILENT {
            @Override
            void begin() {
                server.pause();
            }

            @Override
            void end() {
                server.resume();
            }
        };

        abstract void begin();

        abstract void end();
    }

    @BeforeAll
    static void startServer() {
        server = MariaDbServer.start();
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
    @EnumSource(Outage.class)
    void databaseThatIsAway_isNotNoticedBeforeTheRunwayEnds_andIsAnErrorThen_andAllIsWellWhenItIsBack(Outage outage)
            throws Exception {
        String url = server.createDatabase("down" + databases.incrementAndGet());
        SqlRangeOptions ranges = SqlRangeOptions.DEFAULTS.withStep(STEP).withTable(SqlRangeTable.AUTO_INCREMENT);
        try (RangeAllocator allocator = SqlRangeAllocator.connect(
                        url.replace("connectTimeout=10000", "connectTimeout=500&socketTimeout=500"),
                        new Properties(),
                        ranges);
                FailureCount counted = new FailureCount(allocator);
                IdGenerator ids = SegmentIds.over(
                        "order", counted, SegmentOptions.DEFAULTS.withPatience(PATIENCE), events::add)) {
            for (int i = 0; i < 5 * STEP; i++) {
                take(ids);
            }
            awaitFull();
            events.clear();

            outage.begin();
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

            outage.end();
            awaitAnswer(ids);
            for (int i = 0; i < 2 * STEP; i++) {
                take(ids);
            }
        }
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
