package io.coordkit.id.segment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final Pace pace = new Pace(Duration.ofSeconds(60), 1_000_000, 0);

    @Test
    void nothingIsWishedFor_beforeTheFirstId() {
        pace.note(0, 10 * SECOND);

        assertThat(pace.step()).isZero();
        assertThat(pace.isShort(0)).isFalse();
    }

    @Test
    void stepIsARunway_andOneAndAHalfAreKept() {
        pace.note(5_000, 5 * SECOND);

        assertThat(pace.step()).isEqualTo(60_000);
        assertThat(pace.isShort(89_999)).isTrue();
        assertThat(pace.isShort(90_001)).isFalse();
    }

    @Test
    void hungerGrowsIt_atOnce() {
        pace.note(1_000, SECOND);
        pace.note(1_000 + 5_000, SECOND + SECOND / 10);

        assertThat(pace.step()).isEqualTo(300_000);
    }

    @Test
    void burst_countsAsIfItHadTakenASecond() {
        pace.note(10, SECOND / 1000);

        assertThat(pace.step()).isEqualTo(600);
    }

    @Test
    void idleness_shrinksIt_byHalves() {
        pace.note(1_000, SECOND);
        pace.note(1_000, 101 * SECOND);
        assertThat(pace.step()).isEqualTo(30_000);
        pace.note(1_000, 201 * SECOND);
        assertThat(pace.step()).isEqualTo(15_000);
    }

    @Test
    void step_hasABound() {
        pace.note(1_000_000_000, SECOND);

        assertThat(pace.step()).isEqualTo(1_000_000);
    }
}
