package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.observe.CoordEvent;
import io.coordkit.testkit.TooLate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Under a clock that the test drives, at 1,000 ids a second and with a runway of a minute. */
class RunwayTest {
    private static final int RATE = 1_000;
    private static final int RUNWAY = 60 * RATE;

    private final AtomicLong nanos = new AtomicLong();
    private final List<CoordEvent> events = new CopyOnWriteArrayList<>();
    private final Prefetcher prefetcher = new Prefetcher();
    private final ScriptedAllocator allocator = new ScriptedAllocator(100);
    private IdGenerator ids = generator(Duration.ofMinutes(1));

    /** @param patience which passes by the machine's clock: that of a caller that is quicker than the prefetcher */
    private IdGenerator generator(Duration patience) {
        return SegmentIds.over(
                "order",
                allocator,
                SegmentOptions.DEFAULTS.withRunway(Duration.ofSeconds(60)).withPatience(patience),
                events::add,
                nanos::get,
                prefetcher,
                prefetcher::close);
    }

    @AfterEach
    void close() {
        ids.close();
    }

    /** Takes as many ids as that many seconds have, and waits for the fetches that follow. */
    private void run(int seconds) throws InterruptedException {
        for (int i = 0; i < seconds * 10; i++) {
            for (int k = 0; k < RATE / 10; k++) {
                ids.next();
            }
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    /** The same, by callers who ask again when they were refused. */
    private void runPatiently(int howLong) throws InterruptedException {
        for (int i = 0; i < howLong * 10; i++) {
            for (int k = 0; k < RATE / 10; k++) {
                await(() -> answers(ids));
            }
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
        }
    }

    private long taken() {
        return seconds * (long) RATE;
    }

    private int seconds;

    private void runAtPace(int howLong) throws InterruptedException {
        run(howLong);
        seconds += howLong;
    }

    @Test
    void allocatorThatIsAwayForTheRunway_isNotNoticed() throws Exception {
        allocator.guarantees.add(RangeGuarantee.SIZED);
        runAtPace(30);
        await(() -> allocated() - taken() > RUNWAY);
        events.clear();

        allocator.failuresToCome.set(Integer.MAX_VALUE);
        runAtPace(60);

        assertThat(events).noneMatch(CoordEvent.IdStalled.class::isInstance);
    }

    @Test
    void allocatorThatIsAwayForLonger_isAnErrorInTime_andAllIsWellWhenItIsBack() throws Exception {
        allocator.guarantees.add(RangeGuarantee.SIZED);
        ids = generator(Duration.ofSeconds(1));
        await(() -> answers(ids));
        runPatiently(30);
        allocator.failuresToCome.set(Integer.MAX_VALUE);

        assertThatThrownBy(() -> run(600))
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContainingAll("'order'", "PT1S", "the store is down");

        allocator.failuresToCome.set(0);
        await(() -> answers(ids));
        assertThat(ids.next()).isPositive();
    }

    @Test
    void allocatorWithRangesOfAFixedSize_isAskedForAsManyAsAreKept() throws Exception {
        runAtPace(5);

        await(() -> allocator.nextFrom.get() - taken() >= SegmentSupply.MAX_AHEAD * 100);
        assertThat(allocator.nextFrom.get() - taken()).isLessThanOrEqualTo((SegmentSupply.MAX_AHEAD + 2) * 100);
    }

    @Test
    void firstWish_isTheStoresOwnStep() {
        ids.next();

        assertThat(allocator.wishes.get(0)).isZero();
    }

    private long allocated() {
        return events.stream()
                .filter(CoordEvent.IdRangeAllocated.class::isInstance)
                .mapToLong(event -> ((CoordEvent.IdRangeAllocated) event).to())
                .max()
                .orElse(0);
    }

    private static boolean answers(IdGenerator ids) {
        try {
            return ids.next() > 0;
        } catch (IdUnavailableException e) {
            return false;
        }
    }

    static void await(BooleanSupplier condition) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            TooLate.check(giveUp, "in time");
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }
}
