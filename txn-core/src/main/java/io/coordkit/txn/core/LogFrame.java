package io.coordkit.txn.core;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * What one write puts into a segment: the changes of all that waited, behind a head. The head, format 1, big-endian:
 *
 * <ul>
 *   <li>a magic number (4 bytes), and the length of the changes (4);
 *   <li>a CRC32C (4) of the segment's number (8 bytes, not stored here), that length, the rest of the head, the changes;
 *   <li>the frame's own offset (8), how many bytes of the segment were on disk for certain when it was written (8), and
 *       the log's clock in milliseconds (8).
 * </ul>
 *
 * Because of the number and the offset, bytes of another segment, or those that a payload imitates, are no frame.
 *
 * @param durable everything before it had been forced to disk when this was written: the proof that what is damaged there
 *     was whole once
 */
record LogFrame(long offset, long end, long durable, long millis, List<LogChange> changes) {
    static final int FORMAT = 1;

    /** Before the first frame: a magic text, the format (4 bytes), the segment's number (8), and the CRC32C of these (4). */
    static final int PREAMBLE = 24;

    private static final byte[] PREAMBLE_MAGIC = "COORDTXN".getBytes(StandardCharsets.US_ASCII);
    private static final int MAGIC = 0x434b4631; // CKF1
    private static final int HEAD = 36;
    private static final int CRC_AT = 8;
    private static final int CHECKED_FROM = 12;

    static byte[] encode(long segment, long offset, long durable, long millis, List<LogChange> changes) {
        byte[] body = LogChange.encode(changes);
        ByteBuffer bytes = ByteBuffer.allocate(HEAD + body.length);
        bytes.putInt(MAGIC).putInt(body.length).putInt(0);
        bytes.putLong(offset).putLong(durable).putLong(millis).put(body);
        return bytes.putInt(CRC_AT, crc(segment, bytes.array(), 0, body.length)).array();
    }

    /**
     * The frame at that offset, if there is a whole one.
     *
     * @throws IOException if what is whole there cannot be understood
     */
    static Optional<LogFrame> decode(long segment, byte[] file, int offset) throws IOException {
        if (file.length - offset < HEAD) {
            return Optional.empty();
        }
        ByteBuffer head = ByteBuffer.wrap(file, offset, HEAD);
        boolean begins = head.getInt() == MAGIC;
        int length = head.getInt();
        int crc = head.getInt();
        if (!begins
                || length < 0
                || length > file.length - offset - HEAD
                || head.getLong() != offset
                || crc != crc(segment, file, offset, length)) {
            return Optional.empty();
        }
        int end = offset + HEAD + length;
        List<LogChange> changes = ChangeCodec.read(Arrays.copyOfRange(file, offset + HEAD, end));
        return Optional.of(new LogFrame(offset, end, head.getLong(), head.getLong(), changes));
    }

    private static int crc(long segment, byte[] bytes, int offset, int length) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(segment)
                .putInt(length)
                .flip());
        crc.update(bytes, offset + CHECKED_FROM, HEAD - CHECKED_FROM + length);
        return (int) crc.getValue();
    }

    static byte[] preamble(int format, long segment) {
        ByteBuffer bytes =
                ByteBuffer.allocate(PREAMBLE).put(PREAMBLE_MAGIC).putInt(format).putLong(segment);
        CRC32C crc = new CRC32C();
        crc.update(bytes.array(), 0, PREAMBLE - Integer.BYTES);
        return bytes.putInt((int) crc.getValue()).array();
    }

    /** The format that a whole preamble tells, if there is one. */
    static Optional<Integer> format(long segment, byte[] file) {
        if (file.length < PREAMBLE) {
            return Optional.empty();
        }
        int format = ByteBuffer.wrap(file).getInt(PREAMBLE_MAGIC.length);
        ByteBuffer told = ByteBuffer.wrap(file, 0, PREAMBLE);
        return told.equals(ByteBuffer.wrap(preamble(format, segment))) ? Optional.of(format) : Optional.empty();
    }
}
