package io.coordkit.txn.core;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** What is written into a log in files. Replayed in order, the changes make the log's state. */
sealed interface LogChange {

    /**
     * Where a segment's predecessor ends; the first change of each segment.
     *
     * @param previous the number of the segment before it; 0 if there is none
     * @param previousEnd how many of its bytes count
     * @param oldest the number of the oldest segment that is still needed
     */
    record Chain(long previous, long previousEnd, long oldest) implements LogChange {}

    /** That transaction stands like this now, whatever was written of it before. */
    record Put(LogEntry entry) implements LogChange {}

    /** Every branch of these has acknowledged. */
    record Finished(List<String> gids) implements LogChange {
        public Finished {
            gids = List.copyOf(gids);
        }
    }

    /** These are of no interest any more. */
    record Forgotten(List<String> gids) implements LogChange {
        public Forgotten {
            gids = List.copyOf(gids);
        }
    }

    /** The changes as they are stored, one behind the other. */
    static byte[] encode(List<? extends LogChange> changes) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (LogChange change : changes) {
                ChangeCodec.write(out, change);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
