package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.id.RangeGuarantee;
import io.coordkit.testkit.Conformance;
import io.coordkit.testkit.Crowd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What every allocator of id ranges must keep; the rules stand in {@code docs/contract.md}. An allocator's test extends
 * this class and says how to reach its store.
 */
@Tag("contract")
@ExtendWith(Conformance.class)
public abstract class RangeAllocatorContract {
    private static final int ALLOCATORS = 3;
    private static final int THREADS_EACH = 3;
    private static final int RANGES_EACH = 60;
    private static final int IN_TURN = 12;
    private static final Duration RECOVERY = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final List<RangeAllocator> opened = new ArrayList<>();
    private final String tag = "Contract:" + UUID.randomUUID();

    /** A new allocator on the store under test, the same store each time, as another process would open it. */
    protected abstract RangeAllocator open();

    /** Kills the store without a warning and brings it back, with what it kept. */
    protected abstract void crash();

    private RangeAllocator allocator() {
        RangeAllocator allocator = open();
        opened.add(allocator);
        return allocator;
    }

    @AfterEach
    final void closeAll() {
        opened.forEach(RangeAllocator::close);
    }

    @Test
    final void I11_rangesNeverOverlap_threadsAndAllocatorsAtOnce() throws Exception {
        List<Callable<List<IdRange>>> tasks = new ArrayList<>();
        for (int i = 0; i < ALLOCATORS; i++) {
            RangeAllocator allocator = allocator();
            IntStream.range(0, THREADS_EACH).forEach(thread -> tasks.add(() -> take(allocator, RANGES_EACH)));
        }

        assertDisjoint(Crowd.run(tasks).stream().flatMap(List::stream).toList());
    }

    @Test
    final void I12_rangeAskedForAfterAnotherLiesAboveIt_acrossAllocators() {
        RangeAllocator one = allocator();
        RangeAllocator other = allocator();
        List<IdRange> inTurn = IntStream.range(0, IN_TURN)
                .mapToObj(i -> (i % 2 == 0 ? one : other).allocate(tag))
                .toList();

        if (one.guarantees().contains(RangeGuarantee.ASCENDING)) {
            assertAscending(inTurn);
        } else {
            assertDisjoint(inTurn);
            Conformance.notPromised(getClass(), RangeGuarantee.ASCENDING, "I12");
        }
    }

    @Test
    final void I13_rangesAreNotGivenOutAgainAfterClose() {
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < ALLOCATORS; i++) {
            RangeAllocator allocator = allocator();
            ranges.addAll(take(allocator, 2));
            allocator.close();
        }

        assertDisjoint(ranges);
    }

    @Test
    final void I14_tagsThatDifferOnlyInCaseHaveIdsOfTheirOwn() {
        RangeAllocator allocator = allocator();

        assertThat(allocator.allocate(tag))
                .isEqualTo(allocator.allocate(tag.toLowerCase(Locale.ROOT)))
                .isEqualTo(allocator.allocate(tag.toUpperCase(Locale.ROOT)));
    }

    @Test
    final void I15_tagsCountToTheirLastCharacter() {
        RangeAllocator allocator = allocator();
        String longest = tag + "t".repeat(127 - tag.length());

        assertThat(allocator.allocate(longest + "1"))
                .isEqualTo(allocator.allocate(longest + "2"))
                .isEqualTo(allocator.allocate(longest + "\u00fc"))
                .isEqualTo(allocator.allocate(longest + "u"))
                .isEqualTo(allocator.allocate(tag + " '\"\\%_\u0131\ud83c\udfb2"));
    }

    @Test
    final void I16_malformedTagIsRefusedByName() {
        BadTags.assertRefused(allocator()::allocate);
    }

    @Test
    final void I17_closedAllocatorGivesOutNothing_othersGoOn() {
        RangeAllocator closed = allocator();
        RangeAllocator other = allocator();
        closed.close();
        closed.close();

        assertThatThrownBy(() -> closed.allocate(tag))
                .isInstanceOfSatisfying(
                        IdUnavailableException.class, e -> assertThat(e.tag()).isEqualTo(tag));
        assertThat(other.allocate(tag)).isNotNull();
    }

    @Test
    final void I40_rangeIsAsLargeAsWished_whereSizesArePromised() {
        RangeAllocator allocator = allocator();
        List<IdRange> ranges = Stream.of(1L, 100_000L, 0L, 7L, 1_000_003L)
                .map(wanted -> {
                    IdRange range = allocator.allocate(tag, wanted);
                    if (allocator.guarantees().contains(RangeGuarantee.SIZED)) {
                        assertThat(range.size()).isGreaterThanOrEqualTo(wanted);
                    } else {
                        Conformance.notPromised(getClass(), RangeGuarantee.SIZED, "I40");
                    }
                    return range;
                })
                .toList();

        assertDisjoint(ranges);
        assertThatThrownBy(() -> allocator.allocate(tag, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }

    @Test
    final void I41_endOfTheNewestRangeGoesBackAndIsGivenOutNext() {
        RangeAllocator giver = allocator();
        RangeAllocator other = allocator();
        IdRange used = giver.allocate(tag, 2);
        IdRange newest = giver.allocate(tag, 2);
        IdRange tail = new IdRange(newest.to() - 1, newest.to());

        boolean back = giver.giveBack(tag, tail);

        assertThat(back).isEqualTo(giver.guarantees().contains(RangeGuarantee.TAKES_BACK));
        IdRange next = other.allocate(tag);
        if (back) {
            assertThat(next.from()).isEqualTo(tail.from());
        } else {
            Conformance.notPromised(getClass(), RangeGuarantee.TAKES_BACK, "I41");
        }
        List<IdRange> issued = new ArrayList<>(List.of(used, next));
        if (newest.size() > 1) {
            issued.add(new IdRange(newest.from(), tail.from()));
        }
        assertDisjoint(issued);
    }

    @Test
    final void I42_endOfARangeStaysWhenAnotherWasGivenOutAfterIt() {
        RangeAllocator giver = allocator();
        IdRange older = giver.allocate(tag, 3);
        List<IdRange> issued = new ArrayList<>(take(allocator(), 2));

        assertThat(giver.giveBack(tag, older)).isFalse();
        issued.addAll(take(giver, 2));
        issued.addAll(take(allocator(), 2));

        assertDisjoint(issued);
        assertThat(issued).noneMatch(range -> range.from() < older.to() && older.from() < range.to());
    }

    @Test
    final void I43_rangesAreNotGivenOutAgainAfterTheStoreCrashed() {
        RangeAllocator survivor = allocator();
        List<IdRange> ranges = new ArrayList<>(take(survivor, 3));
        crash();
        ranges.add(allocateSoon(allocator()));
        ranges.add(allocateSoon(survivor));
        crash();
        ranges.add(allocateSoon(allocator()));
        ranges.add(allocateSoon(survivor));

        assertDisjoint(ranges);
    }

    /** A range, once the allocator has found its store again. */
    private IdRange allocateSoon(RangeAllocator allocator) {
        long giveUp = System.nanoTime() + RECOVERY.toNanos();
        while (true) {
            try {
                return allocator.allocate(tag);
            } catch (IdUnavailableException e) {
                if (System.nanoTime() - giveUp > 0) {
                    throw e;
                }
                LockSupport.parkNanos(this, PAUSE.toNanos());
            }
        }
    }

    private List<IdRange> take(RangeAllocator allocator, int count) {
        return IntStream.range(0, count).mapToObj(i -> allocator.allocate(tag)).toList();
    }

    private static void assertDisjoint(List<IdRange> ranges) {
        assertAscending(
                ranges.stream().sorted(Comparator.comparingLong(IdRange::from)).toList());
    }

    private static void assertAscending(List<IdRange> ranges) {
        for (int i = 1; i < ranges.size(); i++) {
            assertThat(ranges.get(i).from())
                    .as("%s after %s", ranges.get(i), ranges.get(i - 1))
                    .isGreaterThanOrEqualTo(ranges.get(i - 1).to());
        }
    }
}
