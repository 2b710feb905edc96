package io.coordkit.id.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The audit itself: a duplicate that it overlooks would never be found. */
class IdAuditTest {
    private static final long WORKER = 1L << 12;
    private static final long MILLI = 1L << 22;
    private final IdAudit audit = new IdAudit();

    @Test
    void eachIdIsCounted_inWhateverOrderAndRunsTheyCome() throws IOException {
        read(LongStream.range(MILLI + 4_000, MILLI + 4_096));
        read(LongStream.range(MILLI, MILLI + 3_000));
        read(LongStream.of(MILLI + 3_999, MILLI + WORKER, 2 * MILLI, 2 * MILLI + 1));

        assertThat(audit.count()).isEqualTo(96 + 3_000 + 4);
        assertThat(audit.workers()).containsOnlyKeys(0, 1);
    }

    @Test
    void idThatComesAgain_isFound_atTheEndsAndInTheMiddleOfARun() throws IOException {
        read(LongStream.range(MILLI + 100, MILLI + 200));

        for (long again : new long[] {100, 150, 199}) {
            assertTwice(LongStream.of(MILLI + again));
        }
        assertTwice(LongStream.range(MILLI + 50, MILLI + 101));
        assertTwice(LongStream.range(MILLI + 50, MILLI + 300));
        assertTwice(LongStream.of(MILLI + 500, MILLI + 500));
    }

    private void assertTwice(LongStream ids) {
        assertThatThrownBy(() -> read(ids)).isInstanceOf(AssertionError.class).hasMessageContaining("issued twice");
    }

    private void read(LongStream ids) throws IOException {
        long[] all = ids.toArray();
        ByteBuffer bytes = ByteBuffer.allocate(all.length * Long.BYTES);
        bytes.asLongBuffer().put(all);
        audit.read(new ByteArrayInputStream(bytes.array()));
    }
}
