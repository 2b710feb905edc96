package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdRange;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.observe.CoordObserver;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SegmentsTest {
    private static final int TAGS = 10_000;

    @Test
    void tenThousandTags_haveTwoThreads() {
        Set<Thread> callers = ConcurrentHashMap.newKeySet();
        Map<String, AtomicLong> store = new ConcurrentHashMap<>();
        RangeAllocator allocator = recording(store, callers);
        try (Segments segments = Segments.over(allocator, SegmentOptions.DEFAULTS, CoordObserver.NONE)) {
            List<IdGenerator> all = new ArrayList<>();
            for (int i = 0; i < TAGS; i++) {
                all.add(segments.ids("tag" + i));
            }
            for (int id = 1; id <= 5; id++) {
                for (IdGenerator ids : all) {
                    assertThat(ids.next()).isEqualTo(id);
                }
            }
            assertThat(store).hasSize(TAGS);
            assertThat(callers).hasSizeBetween(1, 2).allMatch(Thread::isDaemon);
        }
        store.values()
                .forEach(next -> assertThat(next).as("all tails went back").hasValue(6));
    }

    @Test
    void tag_hasOneGenerator_untilThatIsClosed() {
        try (Segments segments =
                Segments.over(new ScriptedAllocator(10), SegmentOptions.DEFAULTS, CoordObserver.NONE)) {
            IdGenerator first = segments.ids("order");
            assertThat(segments.ids("order")).isSameAs(first);

            first.close();
            IdGenerator second = segments.ids("order");
            first.close();

            assertThat(segments.ids("order")).isSameAs(second).isNotSameAs(first);
        }
    }

    @Test
    void closed_opensNothing() {
        Segments segments = Segments.over(new ScriptedAllocator(10), SegmentOptions.DEFAULTS, CoordObserver.NONE);
        segments.close();
        segments.close();

        assertThatThrownBy(() -> segments.ids("order")).isInstanceOf(IllegalStateException.class);
    }

    private static RangeAllocator recording(Map<String, AtomicLong> store, Set<Thread> callers) {
        return new RangeAllocator() {
            @Override
            public Set<RangeGuarantee> guarantees() {
                return EnumSet.allOf(RangeGuarantee.class);
            }

            @Override
            public IdRange allocate(String tag, long wanted) {
                callers.add(Thread.currentThread());
                long size = Math.max(2, wanted);
                long from = store.computeIfAbsent(tag, any -> new AtomicLong(1)).getAndAdd(size);
                return new IdRange(from, from + size);
            }

            @Override
            public boolean giveBack(String tag, IdRange tail) {
                return store.computeIfAbsent(tag, any -> new AtomicLong(1)).compareAndSet(tail.to(), tail.from());
            }

            @Override
            public void close() {}
        };
    }
}
