package io.coordkit.id.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.ConfigurationException;
import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLeases;
import io.coordkit.observe.CoordEvent;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SnowflakeIdsTest {
    private static final int PER_MILLI = 4096;
    private static final int WORKER = 681;
    private static final SnowflakeOptions OPTIONS = SnowflakeOptions.DEFAULTS.withPatience(Duration.ofMillis(1));

    private final ManualTime time = new ManualTime();
    private final List<CoordEvent> events = new CopyOnWriteArrayList<>();

    private SnowflakeIds generator() {
        return generator(OPTIONS);
    }

    private SnowflakeIds generator(SnowflakeOptions options) {
        return SnowflakeIds.of(
                "order",
                WorkerLeases.fixed(WORKER, () -> time.wall),
                options,
                CoordObserver.NONE,
                time.nanos::get,
                ClockWait.parked("order", time.nanos::get, events::add),
                () -> {});
    }

    private static long millis(long id) {
        return id >>> 22;
    }

    private static long sequence(long id) {
        return id & 4095;
    }

    /** What is left of the current millisecond. */
    private static List<Long> drain(IdGenerator ids) {
        List<Long> drained = new ArrayList<>();
        assertThatThrownBy(() -> {
                    while (true) {
                        drained.add(ids.next());
                    }
                })
                .isInstanceOf(IdUnavailableException.class);
        return drained;
    }

    @Test
    void idHoldsTimeWorkerAndSequence() {
        IdGenerator ids = generator();
        time.advance(Duration.ofMillis(77));
        long id = ids.next();

        assertThat(millis(id)).isEqualTo(Duration.ofDays(1000).toMillis() + 77);
        assertThat((id >>> 12) & 1023).isEqualTo(WORKER);
        assertThat(ids.next()).isEqualTo(id + 1);
    }

    @Test
    void stepsOfTheWallClock_haveNoEffect() {
        IdGenerator ids = generator();
        long before = ids.next();
        time.wall = time.wall.minus(Duration.ofDays(500));

        assertThat(ids.next()).isEqualTo(before + 1);
    }

    @Test
    void noIdIsAheadOfTheClock_andAFrozenOneHangsNobody() {
        IdGenerator ids = generator();
        long start = Duration.ofDays(1000).toMillis();

        assertThat(drain(ids))
                .hasSizeBetween(PER_MILLI / 2, PER_MILLI)
                .allMatch(id -> millis(id) == start)
                .doesNotHaveDuplicates();
        assertThatThrownBy(() -> ids.fill(new long[2]))
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("'order'")
                .hasMessageContaining("PT0.002S");
        assertThat(events).hasSize(2).allMatch(CoordEvent.IdStalled.class::isInstance);
    }

    @Test
    void clockThatStopsRightBeforeItsNextMillisecond_hangsNobody() {
        IdGenerator ids = generator();
        time.advance(Duration.ofNanos(999_999));

        assertThat(drain(ids)).isNotEmpty();
    }

    @Test
    void clockThatGoesBack_repeatsNothing() {
        IdGenerator ids = generator();
        long last = ids.next();
        time.advance(Duration.ofHours(-1));

        assertThat(drain(ids)).isSorted().first().isEqualTo(last + 1);
        time.advance(Duration.ofHours(1).plusMillis(1));
        assertThat(millis(ids.next())).isEqualTo(millis(last) + 1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void afterAFullMillisecond_missedOnesAreMadeUpFor(boolean filled) {
        IdGenerator ids = generator();
        List<Long> first = drain(ids);
        long next = (millis(first.get(0)) + 1) << 22;
        time.advance(Duration.ofMillis(3));
        long[] batch = new long[3 * PER_MILLI];
        if (filled) {
            ids.fill(batch);
        } else {
            Arrays.setAll(batch, i -> ids.next());
        }

        for (int i = 0; i < batch.length; i++) {
            assertThat(millis(batch[i])).isEqualTo((next >>> 22) + i / PER_MILLI);
            assertThat(sequence(batch[i])).isEqualTo(i % PER_MILLI);
        }
        assertThat(drain(ids)).isEmpty();
    }

    @Test
    void afterALongPause_idsTellTheTimeAgain() {
        IdGenerator ids = generator();
        long full = millis(drain(ids).get(0));
        time.advance(Duration.ofMillis(101));
        assertThat(millis(ids.next())).isEqualTo(full + 101);

        drain(ids);
        time.advance(Duration.ofMillis(100));
        assertThat(millis(ids.next())).isEqualTo(full + 102);
        time.advance(Duration.ofMillis(2));
        assertThat(millis(ids.next())).isEqualTo(full + 203);
    }

    @Test
    void idsOneAtATime_areEvenModuloPowersOfTwo() {
        IdGenerator ids = generator();
        int[] remainders = new int[16];
        for (int i = 0; i < 16_000; i++) {
            time.advance(Duration.ofMillis(1));
            long id = ids.next();
            assertThat(sequence(id)).isLessThan(PER_MILLI / 2);
            remainders[(int) (id % remainders.length)]++;
        }

        // 1000 each expected, standard deviation about 31: eight of them.
        assertThat(Arrays.stream(remainders)).allMatch(count -> count > 750 && count < 1250);
    }

    @Test
    void interruptDuringAWait_isKept() {
        IdGenerator ids = generator();
        drain(ids);
        Thread.currentThread().interrupt();

        assertThatThrownBy(ids::next).isInstanceOf(IdUnavailableException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverTheClockDoes_idsAscend(long seed) {
        Random random = new Random(seed);
        IdGenerator ids = generator();
        long last = 0;
        for (int i = 0; i < 400; i++) {
            switch (random.nextInt(4)) {
                case 0 -> time.advance(Duration.ofMillis(random.nextInt(7_200_000) - 3_600_000));
                case 1 -> time.advance(Duration.ofNanos(random.nextInt(3_000_000)));
                case 2 -> time.advance(Duration.ofMillis(random.nextInt(100)));
                default -> {}
            }
            long[] batch = new long[1 + random.nextInt(random.nextInt(20) == 0 ? 9000 : 20)];
            try {
                ids.fill(batch);
            } catch (IdUnavailableException frozen) {
                // What was filled by then counts.
            }
            for (long id : batch) {
                assertThat(id == 0 || id > last).as("seed %d, step %d", seed, i).isTrue();
                last = Math.max(last, id);
            }
        }
    }

    @Test
    void clockThatIsNotAfterTheEpoch_isRefused() {
        time.wall = OPTIONS.epoch();

        assertThatThrownBy(this::generator)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("2024-01-01T00:00:00Z");
        time.wall = OPTIONS.epoch().plusMillis(1);
        assertThat(generator().next()).isPositive();
    }

    @Test
    void layoutThatHasEnded_isRefused_atStartAndLater() {
        Instant end = OPTIONS.epoch().plusMillis(1L << 41);
        SnowflakeOptions toTheEnd = OPTIONS.withHorizon(Duration.ZERO);
        assertThat(toTheEnd.expiresAt()).isEqualTo(end);
        time.wall = end.minusMillis(1);
        IdGenerator ids = generator(toTheEnd);
        assertThat(ids.next()).isPositive();
        time.advance(Duration.ofMillis(1));

        assertThatThrownBy(ids::next)
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContaining("run out")
                .hasMessageContaining(end.toString());
        time.wall = end;
        assertThatThrownBy(() -> generator(toTheEnd))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(end.toString(), time.wall.toString());
    }

    @Test
    void layoutThatEndsWithinTheHorizon_isRefused() {
        time.wall = OPTIONS.expiresAt().minus(Duration.ofDays(365));

        assertThatThrownBy(this::generator)
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll(OPTIONS.expiresAt().toString(), "horizon", "PT8760H");
        time.wall = time.wall.minusMillis(1);
        assertThat(generator().next()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1024})
    void workerOutOfRange_isRefused(int worker) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SnowflakeIds.fixedWorker("order", worker))
                .withMessageContaining("worker must be")
                .withMessageContaining("was " + worker);
    }

    @Test
    void optionsOutOfRange_areRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withEpoch(Instant.parse("1969-12-31T23:59:59Z")))
                .withMessageContainingAll("epoch", "1969");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OPTIONS.withPatience(Duration.ofNanos(999_999)))
                .withMessageContainingAll("patience", "PT0.000999999S");
    }
}
