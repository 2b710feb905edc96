package io.coordkit.txn.core;

import io.coordkit.txn.TxnState;
import io.coordkit.txn.spi.TxnBranch;
import io.coordkit.txn.spi.TxnRecord;
import io.coordkit.txn.spi.UnreadableEntryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * How changes are stored in segments of format 1. All numbers are big-endian; a text or a blob is its length in bytes (4
 * bytes) and the bytes. A change is its kind (1 byte) and, as a blob:
 *
 * <ul>
 *   <li>1, chain: the previous segment, its end, the oldest segment that is needed (8 bytes each);
 *   <li>2, put: gid (ASCII), state (1 byte: 1 committing, 2 aborting, 3 committed, 4 aborted), epoch (8), coordinator
 *       (ASCII), reason (UTF-8), deadline and time of the decision (8 each, milliseconds since 1970 UTC), 1 if it needs
 *       attention or 0 (1), note (UTF-8), and the branches, a blob as {@link BranchCodec} has it in format 1;
 *   <li>3, finished, and 4, forgotten: how many gids (4), and each (ASCII).
 * </ul>
 */
final class ChangeCodec {
    private static final int CHAIN = 1;
    private static final int PUT = 2;
    private static final int FINISHED = 3;
    private static final int FORGOTTEN = 4;
    private static final int BRANCHES = 1;

    private ChangeCodec() {}

    static void write(DataOutputStream out, LogChange change) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int kind;
        try (DataOutputStream body = new DataOutputStream(bytes)) {
            if (change instanceof LogChange.Chain chain) {
                kind = CHAIN;
                body.writeLong(chain.previous());
                body.writeLong(chain.previousEnd());
                body.writeLong(chain.oldest());
            } else if (change instanceof LogChange.Put put) {
                kind = PUT;
                writeEntry(body, put.entry());
            } else if (change instanceof LogChange.Finished finished) {
                kind = FINISHED;
                writeGids(body, finished.gids());
            } else {
                kind = FORGOTTEN;
                writeGids(body, ((LogChange.Forgotten) change).gids());
            }
        }
        out.writeByte(kind);
        writeBlob(out, bytes.toByteArray());
    }

    /** @throws IOException if these bytes are not changes as they are written here */
    static List<LogChange> read(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        List<LogChange> changes = new ArrayList<>();
        while (in.available() > 0) {
            int kind = in.readUnsignedByte();
            DataInputStream body = new DataInputStream(new ByteArrayInputStream(readBlob(in)));
            changes.add(readChange(kind, body));
            if (body.available() > 0) {
                throw new IOException("bytes follow a change of kind " + kind);
            }
        }
        return changes;
    }

    private static LogChange readChange(int kind, DataInputStream body) throws IOException {
        return switch (kind) {
            case CHAIN -> new LogChange.Chain(body.readLong(), body.readLong(), body.readLong());
            case PUT -> new LogChange.Put(readEntry(body));
            case FINISHED -> new LogChange.Finished(readGids(body));
            case FORGOTTEN -> new LogChange.Forgotten(readGids(body));
            default -> throw new IOException("a change of kind " + kind + " is unknown to this version");
        };
    }

    private static void writeEntry(DataOutputStream out, LogEntry entry) throws IOException {
        TxnRecord transaction = entry.transaction();
        writeText(out, transaction.gid(), StandardCharsets.US_ASCII);
        out.writeByte(LogRow.code(transaction.state()));
        out.writeLong(transaction.epoch());
        writeText(out, transaction.coordinator(), StandardCharsets.US_ASCII);
        writeText(out, transaction.reason(), StandardCharsets.UTF_8);
        out.writeLong(transaction.deadline().toEpochMilli());
        out.writeLong(entry.decided().toEpochMilli());
        out.writeByte(entry.needsAttention() ? 1 : 0);
        writeText(out, entry.note(), StandardCharsets.UTF_8);
        writeBlob(out, BranchCodec.encode(transaction.branches()));
    }

    private static LogEntry readEntry(DataInputStream in) throws IOException {
        try {
            String gid = readText(in, StandardCharsets.US_ASCII);
            TxnState state = LogRow.state(gid, in.readUnsignedByte());
            long epoch = in.readLong();
            String coordinator = readText(in, StandardCharsets.US_ASCII);
            String reason = readText(in, StandardCharsets.UTF_8);
            Instant deadline = Instant.ofEpochMilli(in.readLong());
            Instant decided = Instant.ofEpochMilli(in.readLong());
            boolean attention = in.readUnsignedByte() != 0;
            String note = readText(in, StandardCharsets.UTF_8);
            List<TxnBranch> branches = BranchCodec.decode(BRANCHES, readBlob(in));
            TxnRecord transaction = new TxnRecord(gid, state, reason, epoch, coordinator, deadline, branches);
            return new LogEntry(transaction, decided, attention, note);
        } catch (IllegalArgumentException | UnreadableEntryException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void writeGids(DataOutputStream out, List<String> gids) throws IOException {
        out.writeInt(gids.size());
        for (String gid : gids) {
            writeText(out, gid, StandardCharsets.US_ASCII);
        }
    }

    private static List<String> readGids(DataInputStream in) throws IOException {
        int count = in.readInt();
        List<String> gids = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            gids.add(readText(in, StandardCharsets.US_ASCII));
        }
        return gids;
    }

    private static void writeText(DataOutputStream out, String text, Charset charset) throws IOException {
        writeBlob(out, text.getBytes(charset));
    }

    private static String readText(DataInputStream in, Charset charset) throws IOException {
        return new String(readBlob(in), charset);
    }

    private static void writeBlob(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static byte[] readBlob(DataInputStream in) throws IOException {
        return BranchCodec.readExactly(in, in.readInt());
    }
}
