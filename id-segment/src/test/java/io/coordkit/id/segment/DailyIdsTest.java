package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.observe.CoordObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DailyIdsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant EVENING = Instant.parse("2026-11-25T22:00:00Z");

    private final AtomicReference<Instant> now = new AtomicReference<>(EVENING);
    private final Map<String, AtomicLong> store = new ConcurrentHashMap<>();
    private final Segments segments = Segments.over(
            new MapAllocator(),
            SegmentOptions.DEFAULTS.withRunway(Duration.ofMinutes(5)),
            CoordObserver.NONE,
            (InstantSource) now::get,
            System::nanoTime);

    @AfterEach
    void close() {
        segments.close();
    }

    @Test
    void numbersBeginAnewAtMidnight_ofTheZone() {
        IdGenerator orders = segments.daily("order", BERLIN, 6);

        assertThat(orders.next()).isEqualTo(20261125_000001L);
        assertThat(orders.next()).isEqualTo(20261125_000002L);
        now.set(EVENING.plus(Duration.ofHours(1)));
        assertThat(orders.next()).isEqualTo(20261126_000001L);
        assertThat(store).containsOnlyKeys("order:20261125", "order:20261126");
    }

    @Test
    void nextDayIsFetched_beforeMidnight() throws Exception {
        IdGenerator orders = segments.daily("order", BERLIN, 6);
        orders.next();
        assertThat(store).hasSize(1);

        now.set(EVENING.plus(Duration.ofMinutes(56)));
        assertThat(orders.next()).isEqualTo(20261125_000002L);

        RunwayTest.await(() -> store.containsKey("order:20261126"));
    }

    @Test
    void clockThatGoesBackOverMidnight_doesNotTurnTheDateBack() {
        IdGenerator orders = segments.daily("order", BERLIN, 6);
        now.set(EVENING.plus(Duration.ofHours(2)));
        orders.next();
        now.set(EVENING);

        assertThat(orders.next()).isEqualTo(20261126_000002L);
    }

    @Test
    void daysWithoutNumbers_areLeftOut() {
        IdGenerator orders = segments.daily("order", BERLIN, 6);
        now.set(EVENING.plus(Duration.ofMinutes(58)));
        orders.next();
        now.set(EVENING.plus(Duration.ofDays(3)));

        assertThat(orders.next()).isEqualTo(20261128_000001L);
    }

    @Test
    void dayThatIsUsedUp_isRefused_andTheNextIsNot() {
        IdGenerator orders = segments.daily("order", BERLIN, 1);
        for (int i = 1; i <= 9; i++) {
            assertThat(orders.next()).isEqualTo(20261125_0L + i);
        }

        assertThatThrownBy(orders::next)
                .isInstanceOf(IdUnavailableException.class)
                .hasMessageContainingAll("'order'", "2026-11-25", "there are 9");
        now.set(EVENING.plus(Duration.ofHours(1)));
        assertThat(orders.next()).isEqualTo(20261126_1L);
    }

    @Test
    void closed_issuesNothing() {
        IdGenerator orders = segments.daily("order", BERLIN, 6);
        orders.next();
        orders.close();

        assertThatThrownBy(orders::next).isInstanceOf(IdUnavailableException.class);
        assertThat(store.get("order:20261125")).as("the rest went back").hasValue(2);
    }

    @Test
    void digitsAndTag_haveBounds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> segments.daily("order", BERLIN, 11))
                .withMessageContainingAll("digits", "was 11");
        assertThatIllegalArgumentException().isThrownBy(() -> segments.daily("t".repeat(120), BERLIN, 6));
    }

    private final class MapAllocator implements RangeAllocator {
        @Override
        public Set<RangeGuarantee> guarantees() {
            return EnumSet.allOf(RangeGuarantee.class);
        }

        @Override
        public IdRange allocate(String tag, long wanted) {
            long size = Math.max(10, wanted);
            long from = store.computeIfAbsent(tag, any -> new AtomicLong(1)).getAndAdd(size);
            return new IdRange(from, from + size);
        }

        @Override
        public boolean giveBack(String tag, IdRange tail) {
            AtomicLong next = store.get(tag);
            return next != null && next.compareAndSet(tail.to(), tail.from());
        }

        @Override
        public void close() {}
    }
}
