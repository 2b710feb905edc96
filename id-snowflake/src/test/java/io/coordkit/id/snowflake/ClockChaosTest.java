package io.coordkit.id.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Many generators on one store, under clocks that do what they should not, each run decided by its seed. A seed that fails
 * is in the message; {@code -Dcoordkit.ids.chaos.seed=N} runs that one alone, {@code -Dcoordkit.ids.chaos.seeds=N} so many.
 */
class ClockChaosTest {
    private static final long SEEDS = Long.getLong("coordkit.ids.chaos.seeds", 100_000);

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void whateverClocksDo_noIdRepeats_andEachGeneratorsIdsAscend() {
        Long only = Long.getLong("coordkit.ids.chaos.seed");
        LongStream seeds = only == null ? LongStream.range(0, SEEDS) : LongStream.of(only);
        long began = System.nanoTime();
        ChaosTally tally = seeds.parallel()
                .mapToObj(seed -> {
                    try {
                        return new ChaosRun(seed).run();
                    } catch (RuntimeException | AssertionError e) {
                        throw new AssertionError("seed " + seed + ": -Dcoordkit.ids.chaos.seed=" + seed, e);
                    }
                })
                .reduce(ChaosTally.NONE, ChaosTally::plus);
        System.out.printf("Clock chaos: %s in %d ms%n", tally, (System.nanoTime() - began) / 1_000_000);

        // A simulation in which nothing happens proves nothing.
        assertThat(tally.ids()).isPositive();
        if (only == null) {
            assertThat(tally.handOvers()).isGreaterThan(SEEDS / 100);
            assertThat(tally.lost()).isPositive();
            assertThat(tally.refused()).isPositive();
        }
    }

    @Test
    void simulationFindsIdsThatRepeat_whereWindowsOverlap() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < 1_000; seed++) {
                        new ChaosRun(seed, true).run();
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("issued twice");
    }
}
