package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.IdGenerator;
import io.coordkit.id.IdRange;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.Crowd;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StripedIdsTest {
    private static final SegmentOptions OPTIONS =
            SegmentOptions.DEFAULTS.withMode(SegmentMode.STRIPED).withRunway(Duration.ZERO);

    private final ScriptedAllocator allocator = new ScriptedAllocator(6_400);
    private final IdGenerator ids = SegmentIds.over("order", allocator, OPTIONS, CoordObserver.NONE);

    @Test
    void threads_haveBlocksOfTheirOwn() throws Exception {
        assertThat(ids.next()).isEqualTo(1);
        assertThat(Crowd.alone(ids::next)).isEqualTo(101);
        assertThat(ids.next()).isEqualTo(2);
        assertThat(Crowd.alone(ids::next)).isEqualTo(201);
    }

    @Test
    void fill_usesUpTheThreadsBlockFirst_soThatItsIdsAscend() {
        ids.next();
        long[] filled = new long[150];
        ids.fill(filled);

        assertThat(filled).containsExactly(LongStream.rangeClosed(2, 151).toArray());
        assertThat(ids.next()).isEqualTo(152);
    }

    @Test
    void close_givesBackWhatNoBlockHas() throws Exception {
        ids.next();
        Crowd.alone(ids::next);

        ids.close();

        assertThat(allocator.back).containsExactly(new IdRange(201, 6_401));
    }

    @Test
    void blocksAcrossRanges_areDense() {
        long[] taken = LongStream.generate(ids::next).limit(20_000).toArray();

        assertThat(taken).containsExactly(LongStream.rangeClosed(1, 20_000).toArray());
    }
}
