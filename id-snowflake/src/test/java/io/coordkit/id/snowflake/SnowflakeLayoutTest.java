package io.coordkit.id.snowflake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.coordkit.id.IdRange;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SnowflakeLayoutTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:34:56.789Z");

    static Stream<SnowflakeLayout> presets() {
        return Stream.of(
                SnowflakeLayout.DEFAULT, SnowflakeLayout.TWITTER, SnowflakeLayout.SECONDS, SnowflakeLayout.JAVASCRIPT);
    }

    private static SnowflakeOptions options(SnowflakeLayout layout) {
        return SnowflakeOptions.DEFAULTS.withLayout(layout);
    }

    private static long id(SnowflakeOptions options, Instant time, int worker, long sequence) {
        SnowflakeLayout layout = options.layout();
        return layout.id(layout.position(options.unitsAt(time), sequence), worker);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void inspectionFindsWhatWasPutIn(SnowflakeLayout layout) {
        SnowflakeOptions options = options(layout);
        int worker = layout.workers() - 2;
        long id = id(options, NOW, worker, 5);

        SnowflakeId parts = options.inspect(id);
        assertThat(Duration.between(parts.time(), NOW)).isBetween(Duration.ZERO, layout.unit());
        assertThat(layout.worker(parts.datacenter(), parts.machine())).isEqualTo(worker);
        assertThat(parts.sequence()).isEqualTo(5);
        assertThat(SnowflakeLayout.parse(layout.toString())).isEqualTo(layout);
    }

    @Test
    void presetsHaveTheBitsTheyAreKnownFor() {
        assertThat(presets().map(SnowflakeLayout::toString))
                .containsExactly("41/10/12", "41/5/5/12", "28/22/13s", "41/5/7");
        assertThat(SnowflakeLayout.parse("twitter")).isEqualTo(SnowflakeLayout.TWITTER);
        assertThat(SnowflakeLayout.TWITTER.worker(3, 4)).isEqualTo(3 * 32 + 4);
        assertThat(options(SnowflakeLayout.DEFAULT).expiresAt())
                .isBetween("2093-09-01T00:00:00Z", "2093-10-01T00:00:00Z");
        assertThat(options(SnowflakeLayout.SECONDS).expiresAt())
                .isBetween("2032-07-01T00:00:00Z", "2032-08-01T00:00:00Z");
    }

    @ParameterizedTest
    @MethodSource("presets")
    void rangeOfTimesHoldsTheirIdsAndNoOthers(SnowflakeLayout layout) {
        SnowflakeOptions options = options(layout);
        Duration unit = layout.unit();
        Instant from = Instant.parse("2026-11-25T12:00:00Z");
        IdRange range = options.rangeOf(from, from.plus(unit.multipliedBy(3)));
        int worker = layout.workers() - 1;
        long last = layout.sequenceMask();

        assertThat(id(options, from.minus(unit), worker, last)).isLessThan(range.from());
        assertThat(id(options, from, 0, 0)).isEqualTo(range.from());
        assertThat(id(options, from.plus(unit.multipliedBy(2)), worker, last)).isEqualTo(range.to() - 1);
        assertThat(options.rangeOf(Instant.EPOCH, options.expiresAt().plusSeconds(1))
                        .from())
                .isEqualTo(1);
        assertThatIllegalArgumentException().isThrownBy(() -> options.rangeOf(from, from));
    }

    /** What JavaScript, and JSON numbers read as doubles, can hold. */
    @Test
    void idsOf53Bits_surviveAsJsonNumbers() {
        SnowflakeOptions options = options(SnowflakeLayout.JAVASCRIPT);
        SnowflakeLayout layout = options.layout();
        long greatest = layout.id(layout.endOf(layout.lastUnit()), layout.workers() - 1);
        assertThat(greatest).isEqualTo((1L << 53) - 1);

        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            long id = i == 0
                    ? greatest
                    : id(options, NOW.plusMillis(random.nextLong(1L << 40)), random.nextInt(32), random.nextInt(128));
            String json = "{\"id\":" + id + "}";
            double number = Double.parseDouble(json.substring(6, json.length() - 1));
            assertThat((long) number).isEqualTo(id);
            assertThat(new BigDecimal(number).toBigIntegerExact().toString()).isEqualTo(Long.toString(id));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "41", "41/10", "41/10/12x", "10/10/12", "41/0/12", "41/10/0", "41/12/12", "44/5/7", "34/5/7s"
            })
    void malformedLayout_isRefusedByItsText(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SnowflakeLayout.parse(text))
                .withMessageMatching("(?s).*was.*");
    }

    @Test
    void idThatIsNoneOfTheLayout_isRefused() {
        SnowflakeOptions options = options(SnowflakeLayout.JAVASCRIPT);

        assertThatIllegalArgumentException().isThrownBy(() -> options.inspect(0));
        assertThatIllegalArgumentException().isThrownBy(() -> options.inspect(-5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> options.inspect(1L << 53))
                .withMessageContainingAll(Long.toString(1L << 53), "41/5/7");
    }
}
