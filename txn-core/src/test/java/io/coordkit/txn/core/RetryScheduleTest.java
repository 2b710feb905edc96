package io.coordkit.txn.core;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
    private static final RetrySchedule SCHEDULE = new RetrySchedule(ofMillis(100), ofSeconds(1), 3.0, 0.5);

    @Test
    void waits_growByTheFactorUpToTheLongest() {
        assertThat(SCHEDULE.delay(1, () -> 0)).isEqualTo(ofMillis(100));
        assertThat(SCHEDULE.delay(2, () -> 0)).isEqualTo(ofMillis(300));
        assertThat(SCHEDULE.delay(3, () -> 0)).isEqualTo(ofMillis(900));
        assertThat(SCHEDULE.delay(4, () -> 0)).isEqualTo(ofSeconds(1));
        assertThat(SCHEDULE.delay(Integer.MAX_VALUE, () -> 0)).isEqualTo(ofSeconds(1));
        assertThat(SCHEDULE.slowest(() -> 0)).isEqualTo(ofSeconds(1));
    }

    @Test
    void jitter_onlyShortens() {
        assertThat(SCHEDULE.delay(1, () -> 0.5)).isEqualTo(ofMillis(75));
        assertThat(SCHEDULE.delay(9, () -> 1)).isEqualTo(ofMillis(500));
        assertThat(SCHEDULE.slowest(() -> 1)).isEqualTo(ofMillis(500));
    }

    @Test
    void badOptions_areRefusedByNameAndValue() {
        refused(() -> new RetrySchedule(Duration.ZERO, ofSeconds(1), 2, 0), "first", "PT0S");
        refused(() -> new RetrySchedule(ofSeconds(2), ofSeconds(1), 2, 0), "max", "PT1S");
        refused(() -> new RetrySchedule(ofSeconds(2), Duration.ofHours(2), 2, 0), "max", "PT2H");
        refused(() -> new RetrySchedule(ofSeconds(1), ofSeconds(1), 0.5, 0), "factor", "0.5");
        refused(() -> new RetrySchedule(ofSeconds(1), ofSeconds(1), Double.NaN, 0), "factor", "NaN");
        refused(() -> new RetrySchedule(ofSeconds(1), ofSeconds(1), 2, 1.5), "jitter", "1.5");
        refused(() -> SCHEDULE.delay(0, () -> 0), "failures", "0");
    }

    private static void refused(Runnable construction, String field, String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(construction::run)
                .withMessageContaining(field)
                .withMessageContaining(value);
    }
}
