package io.coordkit.testkit.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.coordkit.id.Uuids;
import io.coordkit.testkit.Crowd;
import io.coordkit.testkit.time.ChaosClock;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UuidsTest {
    private static final Instant NOW = Instant.parse("2026-11-25T12:34:56.789Z");

    @Test
    void version7_ascends_whateverTheClockDoes() {
        ChaosClock clock = new ChaosClock(NOW);
        Uuids uuids = new Uuids(clock, new SecureRandom());
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 30_000; i++) {
            if (i % 10_000 == 0) {
                clock.jump(Duration.ofHours(-1));
            }
            clock.advance(Duration.ofNanos(20_000));
            texts.add(uuids.v7().toString());
        }

        assertThat(texts).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void version7_hasItsTimeVersionAndVariant() {
        UUID uuid = new Uuids(new ChaosClock(NOW), new SecureRandom()).v7();

        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        assertThat(Uuids.timeOf(uuid)).isEqualTo(NOW);
    }

    @Test
    void version4_isRandom() {
        Uuids uuids = new Uuids();
        List<UUID> many = Stream.generate(uuids::v4).limit(1_000).toList();

        assertThat(many).doesNotHaveDuplicates().allMatch(uuid -> uuid.version() == 4 && uuid.variant() == 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Uuids.timeOf(many.get(0)))
                .withMessageContaining("version 7");
    }

    @Test
    void version7_neverRepeats_amongThreads_andAscendsInEach() throws Exception {
        Uuids uuids = new Uuids();
        Callable<List<String>> task = () ->
                Stream.generate(uuids::v7).limit(5_000).map(UUID::toString).toList();
        List<List<String>> all = Crowd.run(Collections.nCopies(4, task));

        assertThat(all).allSatisfy(each -> assertThat(each).isSorted());
        assertThat(all.stream().flatMap(List::stream).toList()).doesNotHaveDuplicates();
    }
}
