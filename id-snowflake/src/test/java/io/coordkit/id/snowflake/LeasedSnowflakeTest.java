package io.coordkit.id.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.BackendUnreachableException;
import io.coordkit.ConfigurationException;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.WorkerLeaseLostException;
import io.coordkit.id.WorkerLeaseSource;
import io.coordkit.id.WorkerLeases;
import io.coordkit.observe.CoordEvent;
import io.coordkit.testkit.id.MemoryWorkers;
import io.coordkit.testkit.time.ChaosClock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One generator on a store, under clocks moved by hand: the store's, and the machine's ticker. */
class LeasedSnowflakeTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final SnowflakeOptions OPTIONS =
            SnowflakeOptions.DEFAULTS.withPatience(Duration.ofMillis(5)).withWindow(WINDOW);

    private final ChaosClock storeClock = new ChaosClock(START);
    private final ChaosClock ticker = new ChaosClock(START);
    private final List<CoordEvent> events = new ArrayList<>();
    private boolean storeIsDown;
    /** What other threads do while a caller waits. */
    private Runnable meanwhile = () -> {};

    private final WorkerLeaseSource source = WorkerLeases.on(new MemoryWorkers(storeClock) {
        @Override
        public Records read(String tag, int worker, Duration window) {
            if (storeIsDown) {
                throw new BackendUnreachableException("down", null);
            }
            return super.read(tag, worker, window);
        }
    });

    private SnowflakeIds generator(SnowflakeOptions options) {
        return SnowflakeIds.of(
                "order",
                source,
                options,
                events::add,
                ticker,
                new ClockWait("order", ticker, this::waitFor, events::add),
                () -> {});
    }

    /** A generator that has waited out the window in which its number may have been used. */
    private SnowflakeIds started(SnowflakeOptions options) {
        SnowflakeIds ids = generator(options);
        pass(WINDOW.plusMillis(1).toNanos());
        assertThat(ids.renew()).isTrue();
        return ids;
    }

    private void waitFor(long nanos) {
        pass(nanos);
        meanwhile.run();
    }

    private void pass(long nanos) {
        storeClock.advanceNanos(nanos);
        ticker.advanceNanos(nanos);
    }

    private Instant timeOf(long id) {
        return OPTIONS.inspect(id).time();
    }

    @Test
    void newNumber_isNotUsedForAWindow() {
        SnowflakeIds ids = generator(OPTIONS);

        assertThatThrownBy(ids::next).isInstanceOf(IdUnavailableException.class);
        pass(WINDOW.toNanos());
        ids.renew();
        assertThat(timeOf(ids.next())).isAfter(START.plus(WINDOW));
    }

    @Test
    void idsTellTheStoresTime_whateverTheMachinesWallClockSays() {
        SnowflakeIds ids = started(OPTIONS);
        pass(1_234_000_000);

        assertThat(timeOf(ids.next())).isEqualTo(storeClock.instant().truncatedTo(ChronoUnit.MILLIS));
    }

    @Test
    void storeThatIsDown_isNotNoticedUntilTheWindowEnds_thenToldAtOnce_andItGoesOnAfterwards() {
        SnowflakeIds ids = started(OPTIONS);
        Instant until = storeClock.instant().plus(WINDOW);
        storeIsDown = true;
        for (int quarter = 0; quarter < 4; quarter++) {
            assertThat(ids.renew()).isTrue();
            assertThat(timeOf(ids.next())).isBefore(until);
            pass(WINDOW.toNanos() / 4);
        }
        pass(1_000_000);
        long before = ticker.getAsLong();

        assertThatThrownBy(ids::next)
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContainingAll("worker number " + ids.worker(), "latest renewal failed", "down");
        assertThat(ticker.getAsLong()).as("no wait").isEqualTo(before);
        storeIsDown = false;
        ids.renew();
        assertThat(timeOf(ids.next())).isAfter(until);
        assertThat(events).hasAtLeastOneElementOfType(CoordEvent.WorkerLeaseRenewalFailed.class);
    }

    @Test
    void generatorWhoseNumberWasGivenAway_stopsWithATypedException() {
        SnowflakeOptions one = OPTIONS.withLayout(new SnowflakeLayout(Duration.ofMillis(1), 41, 0, 1, 12));
        SnowflakeIds first = started(one);
        SnowflakeIds second = generator(one);
        pass(WINDOW.toNanos() + 2_000_000);
        second.renew();
        SnowflakeIds taker = generator(one);
        long last = 0;
        assertThat(taker.worker()).isEqualTo(first.worker());

        assertThat(first.renew()).isFalse();
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(first::next)
                    .isInstanceOfSatisfying(
                            WorkerLeaseLostException.class,
                            e -> assertThat(e.worker()).isEqualTo(first.worker()));
        }
        first.close();
        assertThat(taker.renew()).isTrue();
        assertThat(taker.next()).isGreaterThan(last);
        assertThat(events).hasAtLeastOneElementOfType(CoordEvent.WorkerLeaseLost.class);
    }

    @Test
    void generatorThatWakesPastItsWindow_issuesNothingBeforeTheStoreAnswers_andThrowsWithinAWindow() {
        SnowflakeIds ids = started(OPTIONS.withPatience(WINDOW.multipliedBy(6)));
        ids.next();
        pass(WINDOW.plusMillis(1).toNanos());
        Instant woken = storeClock.instant();

        assertThatThrownBy(ids::next)
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContainingAll("worker number " + ids.worker(), "reserved ended", "no renewal", "PT10S");
        assertThat(storeClock.instant()).isBeforeOrEqualTo(woken.plus(WINDOW).plusMillis(2));
        meanwhile = ids::renew;
        assertThat(timeOf(ids.next())).as("after the stop").isAfter(woken);
    }

    @Test
    void firstCallOfAZombie_isToldThatItsNumberWasGivenAway() {
        SnowflakeOptions one = OPTIONS.withLayout(new SnowflakeLayout(Duration.ofMillis(1), 41, 0, 1, 12));
        SnowflakeIds zombie = started(one);
        SnowflakeIds other = generator(one);
        zombie.next();
        pass(WINDOW.toNanos() + 2_000_000);
        other.renew();
        assertThat(generator(one).worker()).isEqualTo(zombie.worker());
        meanwhile = zombie::renew;
        long woken = ticker.getAsLong();

        assertThatThrownBy(zombie::next).isInstanceOf(WorkerLeaseLostException.class);
        assertThat(Duration.ofNanos(ticker.getAsLong() - woken)).as("one look").isLessThan(Duration.ofMillis(2));
    }

    @Test
    void numberGivenBack_isUsedOnRightAway_aboveTheLastId() {
        SnowflakeIds first = started(OPTIONS);
        long last = first.next();
        first.close();
        SnowflakeIds second = generator(OPTIONS);
        pass(1_000_000);

        assertThat(second.worker()).isEqualTo(first.worker());
        assertThat(second.next()).isGreaterThan(last);
    }

    @Test
    void burstBorrowsFromTheFuture_asFarAsAllowed_andNeverBeyondTheWindow() {
        SnowflakeIds modest = started(OPTIONS.withBorrow(Duration.ofMillis(20)));
        Instant now = storeClock.instant();
        ticker.freeze();

        Instant last = drain(modest);
        assertThat(last).isEqualTo(now.plusMillis(20));
    }

    @Test
    void borrowing_endsWithTheWindow() {
        SnowflakeOptions small = OPTIONS.withLayout(new SnowflakeLayout(Duration.ofMillis(1), 41, 0, 10, 2))
                .withBorrow(Duration.ofMinutes(1));
        SnowflakeIds greedy = started(small);
        Instant until = storeClock.instant().plus(WINDOW);
        ticker.freeze();
        storeClock.freeze();

        long last = 0;
        try {
            while (true) {
                last = greedy.next();
            }
        } catch (IdUnavailableException usedUp) {
            assertThat(small.inspect(last).time()).isEqualTo(until);
        }
    }

    private Instant drain(SnowflakeIds ids) {
        long last = 0;
        try {
            while (true) {
                last = ids.next();
            }
        } catch (IdUnavailableException usedUp) {
            return timeOf(last);
        }
    }

    @Test
    void idAfterAnother_isGreater_thoughTheOtherGeneratorIsAhead() {
        SnowflakeIds ids = started(OPTIONS);
        long own = ids.next();
        long ahead = own + (3L << 22);

        long next = ids.after(ahead);
        assertThat(next).isGreaterThan(ahead);
        assertThat(timeOf(next)).isBeforeOrEqualTo(timeOf(ahead).plusMillis(2));
        assertThat(ids.after(own)).isGreaterThan(next);
        assertThatThrownBy(() -> ids.after(own + (1_000_000L << 22))).isInstanceOf(IdUnavailableException.class);
        assertThat(ids.next()).isLessThan(own + (1_000_000L << 22));
    }

    @Test
    void secondsLayout_neverSharesASecondBetweenOwners() {
        SnowflakeOptions seconds = OPTIONS.withLayout(SnowflakeLayout.SECONDS);
        SnowflakeIds first = started(seconds);
        pass(300_000_000);
        long last = first.next();
        first.close();
        SnowflakeIds second = generator(seconds);
        assertThat(second.worker()).isEqualTo(first.worker());
        assertThat(seconds.inspect(second.next()).time())
                .isEqualTo(seconds.inspect(last).time().plusSeconds(1));
    }

    @Test
    void borrowingWithoutAStore_isRefused() {
        assertThatThrownBy(() ->
                        SnowflakeIds.fixedWorker("order", 1, OPTIONS.withBorrow(Duration.ofSeconds(1)), events::add))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContainingAll("borrow", "fixed", "PT1S");
    }
}
