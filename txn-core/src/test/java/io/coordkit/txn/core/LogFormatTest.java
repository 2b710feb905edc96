package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.txn.Payload;
import io.coordkit.txn.TxnState;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The golden file is what lies on users' disks: it is never edited, a new format gets a file of its own. */
class LogFormatTest {
    private static final long SEGMENT = 7;
    private static final List<TxnBranch> BRANCHES =
            List.of(new TxnBranch("1", "stock", Payload.of(new byte[] {0, (byte) 0xff})));
    private static final TxnRecord TRANSACTION = new TxnRecord(
            "gid-1", TxnState.ABORTING, "t\u00fckendi", 2, "shop/9", Instant.ofEpochMilli(2_000), BRANCHES);

    private static final List<LogChange> FIRST = List.of(
            new LogChange.Chain(5, 700, 3),
            new LogChange.Put(new LogEntry(TRANSACTION, Instant.ofEpochMilli(1_000), true, "not\u00fc")));
    private static final List<LogChange> SECOND =
            List.of(new LogChange.Finished(List.of("gid-1", "b")), new LogChange.Forgotten(List.of("c")));

    private static byte[] golden() throws IOException {
        try (InputStream in = LogFormatTest.class.getResourceAsStream("segment-format-1.hex")) {
            assertThat(in).isNotNull();
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
            return HexFormat.of().parseHex(hex);
        }
    }

    private static byte[] written() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(LogFrame.preamble(LogFrame.FORMAT, SEGMENT));
        bytes.writeBytes(LogFrame.encode(SEGMENT, LogFrame.PREAMBLE, 0, 1_500, FIRST));
        bytes.writeBytes(LogFrame.encode(SEGMENT, bytes.size(), bytes.size(), 1_600, SECOND));
        return bytes.toByteArray();
    }

    @Test
    void format1_isWrittenAsInTheGoldenFile() throws IOException {
        assertThat(LogFrame.FORMAT).isEqualTo(1);
        assertThat(HexFormat.of().formatHex(written())).isEqualTo(HexFormat.of().formatHex(golden()));
    }

    @Test
    void format1_isReadFromTheGoldenFile() throws IOException {
        SegmentImage image = SegmentImage.of("golden", SEGMENT, golden());
        assertThat(image.torn()).isZero();
        assertThat(image.frames()).extracting(LogFrame::changes).containsExactly(FIRST, SECOND);
        assertThat(image.frames()).extracting(LogFrame::millis).containsExactly(1_500L, 1_600L);
        assertThat(image.durable()).isEqualTo(image.frames().get(1).offset());
    }

    @Test
    void bytesOfAnotherSegment_areNoneOfThisOnes() {
        assertThat(SegmentImage.of("moved", SEGMENT, written()).isBegun()).isTrue();
        assertThat(SegmentImage.of("moved", SEGMENT + 1, written()).isBegun()).isFalse();
    }

    @Test
    void unknownChanges_areRefusedByTheirKind() {
        assertThatThrownBy(() -> ChangeCodec.read(new byte[] {9, 0, 0, 0, 0}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("kind 9");
    }
}
