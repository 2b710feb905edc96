package io.coordkit.txn.core;

import io.coordkit.txn.core.LogChange.Chain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes changes into segments, one frame at a time; not thread-safe.
 *
 * <p><b>After a failure</b> nobody knows what of the last frame is on disk, and after a failed force not even what of the
 * ones before it, back to the last force that succeeded; to force again would not tell (P. Rebello et al., "Can
 * Applications Recover from fsync Failures?", USENIX ATC 2020). So the segment is given up, and another begun, whose first
 * frame says up to where its predecessor counts, and repeats what was written since. Only when that frame is on disk is
 * anything acknowledged. When it cannot be written either, as on a full disk, the next append tries again.
 *
 * <p><b>When a segment is full</b> another is begun in the same way; on that occasion the little that still lives in the
 * oldest ones is written again, and they are removed.
 */
final class Segments {
    private static final Logger logger = LoggerFactory.getLogger(Segments.class);
    private static final long MAX_UNFORCED = 1 << 20;

    private final LogDisk disk;
    private final long segmentBytes;
    private final SegmentUsage usage = new SegmentUsage();
    private final List<LogChange> unforced = new ArrayList<>();
    private long unforcedBytes;
    private long highest;
    private Chain chain;
    private LogDisk.@Nullable Appender appender;
    private long current;
    private long size;

    /**
     * Goes on where that log ended; nothing of it may be told to anybody before the first append.
     *
     * @param segmentBytes another is begun when one is that long
     */
    Segments(LogDisk disk, long segmentBytes, Recovery.Found found) {
        this.disk = disk;
        this.segmentBytes = segmentBytes;
        this.highest = found.highest();
        this.chain = found.chain();
        this.unforced.addAll(found.unproven());
        for (Recovery.Part part : found.parts()) {
            usage.size(part.segment(), part.bytes());
            part.changes().forEach(change -> usage.wrote(part.segment(), change));
        }
    }

    /**
     * Adds these changes.
     *
     * @param force whether to return only when they are on disk; they may be forgotten in a crash otherwise
     * @param millis the log's time
     * @param state how a transaction stands with these changes
     * @throws IOException if they may be on disk or not, and are to be taken back: they will not count
     */
    void append(List<LogChange> changes, boolean force, long millis, Function<String, Optional<LogEntry>> state)
            throws IOException {
        if (appender != null) {
            try {
                if (size < segmentBytes) {
                    extend(appender, changes, force, millis);
                } else {
                    begin(changes, millis, state);
                }
                return;
            } catch (IOException e) {
                logger.warn(
                        "The transaction log could not write to {} in {} or begin the next, and begins another; {} bytes of"
                                + " {} count: {}",
                        SegmentFiles.name(highest),
                        disk.place(),
                        chain.previousEnd(),
                        SegmentFiles.name(chain.previous()),
                        e.toString());
            }
        }
        begin(changes, millis, state);
    }

    private void extend(LogDisk.Appender file, List<LogChange> changes, boolean force, long millis) throws IOException {
        byte[] frame = LogFrame.encode(current, size, chain.previousEnd(), millis, changes);
        boolean forced = force || unforcedBytes + frame.length > MAX_UNFORCED;
        file.write(frame);
        if (forced) {
            file.force();
        }
        size += frame.length;
        if (forced) {
            durable();
        } else {
            unforced.addAll(changes);
            unforcedBytes += frame.length;
        }
        wrote(changes);
    }

    private void durable() {
        chain = new Chain(current, size, chain.oldest());
        unforced.clear();
        unforcedBytes = 0;
    }

    private void wrote(List<LogChange> changes) {
        changes.forEach(change -> usage.wrote(current, change));
        usage.size(current, size);
    }

    private void begin(List<LogChange> changes, long millis, Function<String, Optional<LogEntry>> state)
            throws IOException {
        giveUp();
        long segment = ++highest;
        List<Long> left = usage.worthLeaving(segmentBytes);
        long oldest = usage.oldestWithout(left, segment);
        List<LogChange> first = new ArrayList<>();
        first.add(new Chain(chain.previous(), chain.previousEnd(), oldest));
        first.addAll(unforced);
        first.addAll(changes);
        for (long each : left) {
            usage.inhabitants(each)
                    .forEach(gid -> state.apply(gid).ifPresent(entry -> first.add(new LogChange.Put(entry))));
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(LogFrame.preamble(LogFrame.FORMAT, segment));
        bytes.writeBytes(LogFrame.encode(segment, LogFrame.PREAMBLE, 0, millis, first));
        appender = write(segment, bytes.toByteArray());
        current = segment;
        size = bytes.size();
        chain = new Chain(segment, size, oldest);
        durable();
        usage.drop(left);
        wrote(first);
        left.forEach(each -> SegmentFiles.remove(disk, each));
    }

    private LogDisk.Appender write(long segment, byte[] bytes) throws IOException {
        String name = SegmentFiles.name(segment);
        LogDisk.Appender file = disk.create(name);
        boolean written = false;
        try {
            file.write(bytes);
            file.force();
            disk.forceNames();
            written = true;
            return file;
        } finally {
            if (!written) {
                close(file);
                SegmentFiles.remove(disk, segment);
            }
        }
    }

    private void giveUp() {
        if (appender != null) {
            close(appender);
            appender = null;
        }
    }

    private void close(LogDisk.Appender file) {
        try {
            file.close();
        } catch (IOException e) {
            logger.debug("A segment in {} did not close; what counts of it is on disk: {}", disk.place(), e.toString());
        }
    }

    /** Leaves a last frame that proves what was written before it, so that damage to it will be found. */
    void close(long millis) throws IOException {
        if (appender == null) {
            return;
        }
        try {
            if (!unforced.isEmpty()) {
                extend(appender, List.of(), true, millis);
            }
            extend(appender, List.of(), true, millis);
        } finally {
            giveUp();
        }
    }
}
