package io.coordkit.txn.core;

import io.coordkit.txn.TxnException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A segment as it was found: its whole frames from the beginning, up to the end or the first one that is not whole.
 *
 * <p><b>Torn or damaged?</b> A write that was cut short by a crash and a byte that the disk has lost look alike. But each
 * frame says how much of the segment was on disk for certain when it was written. A frame that is not whole was torn, and
 * nobody has been told of what it said, unless a later frame says that it was on disk: then it is damaged, and to go on
 * would forget decisions that were acknowledged. What follows it is searched for such frames byte by byte, for a crash
 * may have kept a later one and lost the earlier.
 *
 * @param frames the whole ones
 * @param end where the last of them ends; 0 if not even the beginning is whole
 * @param durable so much of it was on disk for certain, as the frames say
 */
record SegmentImage(String file, long number, List<LogFrame> frames, long end, long length, long durable) {

    /**
     * @throws TxnException if it is of a format that this version does not know, or damaged where it was whole once
     */
    static SegmentImage of(String file, long number, byte[] bytes) {
        Optional<Integer> format = LogFrame.format(number, bytes);
        if (format.isPresent() && format.get() != LogFrame.FORMAT) {
            throw new TxnException(
                    "The transaction log's file " + file + " has format " + format.get()
                            + ", this version knows format " + LogFrame.FORMAT + ": open it with a version that does",
                    null);
        }
        List<LogFrame> frames = new ArrayList<>();
        int end = 0;
        Optional<LogFrame> next = format.isPresent() ? frame(file, number, bytes, LogFrame.PREAMBLE) : Optional.empty();
        while (next.isPresent()) {
            frames.add(next.get());
            end = Math.toIntExact(next.get().end());
            next = frame(file, number, bytes, end);
        }
        for (int offset = end + 1; offset < bytes.length; offset++) {
            long told =
                    frame(file, number, bytes, offset).map(LogFrame::durable).orElse(0L);
            if (told > end) {
                throw damaged(file, end, "the frame at " + offset + " says that " + told + " bytes were on disk");
            }
        }
        long durable = frames.stream().mapToLong(LogFrame::durable).max().orElse(0);
        return new SegmentImage(file, number, frames, end, bytes.length, durable);
    }

    private static Optional<LogFrame> frame(String file, long number, byte[] bytes, int offset) {
        try {
            return LogFrame.decode(number, bytes, offset);
        } catch (IOException e) {
            throw damaged(file, offset, String.valueOf(e.getMessage()));
        }
    }

    /**
     * The frames before that offset.
     *
     * @throws TxnException unless all up to there is whole
     */
    List<LogFrame> upTo(long offset) {
        if (end < offset) {
            throw damaged(file, end, "the next segment says that " + offset + " bytes were on disk");
        }
        return frames.stream().filter(frame -> frame.end() <= offset).toList();
    }

    /** Those that may be on disk or not. */
    List<LogFrame> after(long offset) {
        return frames.stream().filter(frame -> frame.end() > offset).toList();
    }

    /** Whether it was begun, as far as that can be told. */
    boolean isBegun() {
        return !frames.isEmpty();
    }

    /** How many bytes at its end are not whole. */
    long torn() {
        return length - end;
    }

    static TxnException damaged(String file, long offset, String why) {
        return new TxnException(
                "The transaction log's file " + file + " is damaged at offset " + offset + ": " + why
                        + ". It holds decisions that were acknowledged: restore it from a copy. Nothing was changed",
                null);
    }
}
