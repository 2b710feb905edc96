package io.coordkit.txn.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.TxnBranch;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The golden file is what is stored in users' databases: it is never edited, a new format gets a file of its own. */
class BranchCodecTest {
    private static final List<TxnBranch> BRANCHES = List.of(
            new TxnBranch("1", "order", Payload.of(new byte[0])),
            new TxnBranch("2", "inventory", Payload.of(new byte[] {0, 0x7f, (byte) 0x80, (byte) 0xff, '\r', '\n'})),
            new TxnBranch("b".repeat(32), "~", Payload.of("\u00fc".getBytes(StandardCharsets.UTF_8))));

    private static byte[] golden() throws IOException {
        try (InputStream in = BranchCodecTest.class.getResourceAsStream("branches-format-1.hex")) {
            assertThat(in).isNotNull();
            String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
            return HexFormat.of().parseHex(hex);
        }
    }

    @Test
    void format1_isWrittenAsInTheGoldenFile() throws IOException {
        assertThat(BranchCodec.FORMAT).isEqualTo(1);
        assertThat(BranchCodec.encode(BRANCHES)).isEqualTo(golden());
    }

    @Test
    void format1_isReadFromTheGoldenFile() throws IOException {
        assertThat(BranchCodec.decode(1, golden())).isEqualTo(BRANCHES);
    }

    @Test
    void unknownFormat_isRefusedByItsNumber() {
        assertThatThrownBy(() -> BranchCodec.decode(2, golden()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("format 2");
    }

    @Test
    void damagedBytes_areRefused() throws IOException {
        byte[] whole = golden();
        for (int length = 0; length < whole.length; length++) {
            byte[] torn = Arrays.copyOf(whole, length);
            assertThatThrownBy(() -> BranchCodec.decode(1, torn)).isInstanceOf(IOException.class);
        }
        assertThatThrownBy(() -> BranchCodec.decode(1, Arrays.copyOf(whole, whole.length + 1)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("follow");
        byte[] hugeLength = whole.clone();
        hugeLength[12] = 0x7f;
        assertThatThrownBy(() -> BranchCodec.decode(1, hugeLength)).isInstanceOf(IOException.class);
    }
}
