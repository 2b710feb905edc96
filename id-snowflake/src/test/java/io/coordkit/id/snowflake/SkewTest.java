package io.coordkit.id.snowflake;

import static org.assertj.core.api.Assertions.assertThat;

import io.coordkit.id.WorkerLeases;
import io.coordkit.observe.CoordObserver;
import io.coordkit.testkit.time.ChaosClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids are spread evenly modulo powers of two, at whatever rate they are asked for, so that shards are too. */
class SkewTest {
    private static final int MOST_SHARDS = 1024;
    private static final int PER_SHARD = 10;

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 100, 1_000, 10_000, 100_000, 1_000_000})
    void remaindersAreUniform_atThatManyIdsPerSecond(int perSecond) {
        ChaosClock clock = new ChaosClock(Instant.parse("2026-01-01T00:00:00Z"));
        SnowflakeIds ids = SnowflakeIds.of(
                "skew",
                WorkerLeases.fixed(5, clock),
                SnowflakeOptions.DEFAULTS,
                CoordObserver.NONE,
                clock,
                ClockWait.parked("skew", clock, CoordObserver.NONE),
                () -> {});
        long step = Duration.ofSeconds(1).toNanos() / perSecond;
        int[] all = new int[MOST_SHARDS];
        int[] oneOfEach = new int[MOST_SHARDS];
        // Those of one millisecond follow each other; one of each, taken at random, are independent of each other.
        Random random = new Random(perSecond);
        int together = Math.max(1, perSecond / 1_000);
        for (int i = 0; i < MOST_SHARDS * PER_SHARD; i++) {
            int chosen = random.nextInt(together);
            for (int j = 0; j < together; j++) {
                clock.advanceNanos(step);
                int remainder = (int) (ids.next() % MOST_SHARDS);
                all[remainder]++;
                if (j == chosen) {
                    oneOfEach[remainder]++;
                }
            }
        }

        for (int shards = 2; shards <= MOST_SHARDS; shards *= 2) {
            assertThat(chiSquared(oneOfEach, shards))
                    .as("chi-squared of %d shards, one id of each millisecond", shards)
                    .isLessThan(limit(shards - 1));
            assertThat(chiSquared(all, shards))
                    .as("chi-squared of %d shards, all ids", shards)
                    .isLessThan(limitOfRuns(shards, together));
        }
    }

    /** Sums the counts of each remainder modulo {@code shards}, and compares them with all alike. */
    private static double chiSquared(int[] counts, int shards) {
        double expected = (double) IntStream.of(counts).sum() / shards;
        double sum = 0;
        for (int shard = 0; shard < shards; shard++) {
            double count = 0;
            for (int i = shard; i < MOST_SHARDS; i += shards) {
                count += counts[i];
            }
            sum += (count - expected) * (count - expected) / expected;
        }
        return sum;
    }

    /** What uniform remainders practically never exceed: Wilson and Hilferty's approximation, 6 deviations. */
    private static double limit(double freedom) {
        double spread = 2.0 / (9 * freedom);
        return freedom * Math.pow(1 - spread + 6 * Math.sqrt(spread), 3);
    }

    /**
     * The same for runs of that many neighbours, each from a random start: a run reaches the shards beside each other
     * together, so that there are fewer degrees of freedom in the same sum.
     */
    private static double limitOfRuns(int shards, int length) {
        int freedom = shards - 1;
        double own = Math.max(1, (double) freedom / Math.max(1, Math.min(length, shards / 2)));
        return freedom / own * limit(own);
    }
}
