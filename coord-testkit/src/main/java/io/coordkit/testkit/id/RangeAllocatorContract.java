package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.id.IdRange;
import io.coordkit.id.IdUnavailableException;
import io.coordkit.id.RangeAllocator;
import io.coordkit.testkit.Crowd;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What every allocator of id ranges must keep; the rules stand in {@code docs/contract.md}. An allocator's test extends
 * this class and says how to reach its store.
 */
@Tag("contract")
public abstract class RangeAllocatorContract {
    private static final int ALLOCATORS = 3;
    private static final int THREADS_EACH = 3;
    private static final int RANGES_EACH = 60;
    private static final int IN_TURN = 12;

    private final List<RangeAllocator> opened = new ArrayList<>();
    private final String tag = "Contract:" + UUID.randomUUID();

    /** A new allocator on the store under test, the same store each time, as another process would open it. */
    protected abstract RangeAllocator open();

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

        assertAscending(inTurn);
    }

    @Test
    final void I13_rangesAreNotGivenOutAgainAfterClose() {
        List<IdRange> ranges = new ArrayList<>();
        for (int i = 0; i < ALLOCATORS; i++) {
            RangeAllocator allocator = allocator();
            ranges.addAll(take(allocator, 2));
            allocator.close();
        }

        assertAscending(ranges);
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
