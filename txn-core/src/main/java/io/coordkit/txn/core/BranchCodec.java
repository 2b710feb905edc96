package io.coordkit.txn.core;

import io.coordkit.txn.Payload;
import io.coordkit.txn.spi.TxnBranch;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * How the log stores branches. Format 1, all numbers big-endian: the count (4 bytes); then for each branch its id and its
 * participant, each a length (1 byte) and that many ASCII characters, and its payload, a length (4 bytes) and that many
 * bytes. Nothing follows. The format of the row says which is meant; a stored format never changes its meaning.
 */
final class BranchCodec {
    static final int FORMAT = 1;

    private BranchCodec() {}

    static byte[] encode(List<TxnBranch> branches) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(branches.size());
            for (TxnBranch branch : branches) {
                writeName(out, branch.id());
                writeName(out, branch.participant());
                out.writeInt(branch.payload().size());
                out.write(branch.payload().toByteArray());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** @throws IOException if these bytes are not of that format, or not whole */
    static List<TxnBranch> decode(int format, byte[] bytes) throws IOException {
        if (format != FORMAT) {
            throw new IOException("format " + format + " is unknown to this version, which knows format " + FORMAT);
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        int count = in.readInt();
        List<TxnBranch> branches = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                branches.add(new TxnBranch(readName(in), readName(in), readPayload(in)));
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("damaged: " + e.getMessage(), e);
        }
        if (in.read() != -1) {
            throw new IOException("damaged: bytes follow the last branch");
        }
        return branches;
    }

    private static void writeName(DataOutputStream out, String name) throws IOException {
        byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        out.writeByte(ascii.length);
        out.write(ascii);
    }

    private static String readName(DataInputStream in) throws IOException {
        return new String(readExactly(in, in.readUnsignedByte()), StandardCharsets.US_ASCII);
    }

    private static Payload readPayload(DataInputStream in) throws IOException {
        return Payload.of(readExactly(in, in.readInt()));
    }

    static byte[] readExactly(DataInputStream in, int length) throws IOException {
        // A damaged length must not allocate what is not there.
        if (length < 0 || length > in.available()) {
            throw new IOException("damaged: a length of " + length + " with " + in.available() + " bytes left");
        }
        return in.readNBytes(length);
    }
}
