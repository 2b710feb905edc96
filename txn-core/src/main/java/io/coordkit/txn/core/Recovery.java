package io.coordkit.txn.core;

import io.coordkit.txn.TxnException;
import io.coordkit.txn.core.LogChange.Chain;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a log in files as the last process has left it, and changes nothing.
 *
 * <p>The newest segment that was begun says which one came before it and how much of that one counts; so do that one's
 * predecessors. Segments that are in no such chain were given up after a failure, or were not needed any more. Not
 * thread-safe.
 */
final class Recovery {
    private static final Logger logger = LoggerFactory.getLogger(Recovery.class);

    /**
     * What was found.
     *
     * @param chain where the next segment is to be tied to
     * @param parts the segments in the chain, oldest first, each with what of it is on disk for certain
     * @param unproven the last changes of all: whole, but perhaps not on disk. To be written again before anybody is told
     * @param highest the highest number that a segment has
     * @param useless segments that do not count
     * @param millis the latest time in the log
     */
    record Found(
            Chain chain, List<Part> parts, List<LogChange> unproven, long highest, List<Long> useless, long millis) {}

    /** One segment's. */
    record Part(long segment, long bytes, List<LogChange> changes) {}

    private final LogDisk disk;
    private final SortedMap<Long, String> files;
    private long millis;

    private Recovery(LogDisk disk, SortedMap<Long, String> files) {
        this.disk = disk;
        this.files = files;
    }

    /**
     * @throws TxnException if it is damaged, incomplete, or of a format that this version does not know
     * @throws IOException if it cannot be read
     */
    static Found of(LogDisk disk) throws IOException {
        SortedMap<Long, String> files = SegmentFiles.of(disk);
        return new Recovery(disk, files).found();
    }

    private Found found() throws IOException {
        List<Long> useless = new ArrayList<>(files.keySet());
        long highest = files.isEmpty() ? 0 : files.lastKey();
        SegmentImage newest = newest();
        if (newest == null) {
            return new Found(new Chain(0, 0, highest + 1), List.of(), List.of(), highest, useless, 0);
        }
        if (newest.torn() > 0) {
            logger.warn(
                    "The transaction log's file {} in {} ends in {} bytes that a crash has torn, at offset {}: they are"
                            + " cut off, nobody was told of what they said",
                    newest.file(),
                    disk.place(),
                    newest.torn(),
                    newest.end());
        }
        Chain chain = chain(newest);
        List<LogChange> unproven = changes(newest.after(newest.durable()));
        if (newest.durable() > 0) {
            chain = new Chain(newest.number(), newest.durable(), chain.oldest());
        }
        Deque<Part> parts = new ArrayDeque<>();
        Chain link = chain;
        while (link.previous() >= Math.max(1, chain.oldest())) {
            SegmentImage image = link.previous() == newest.number() ? newest : image(link.previous());
            List<LogFrame> frames = image.upTo(link.previousEnd());
            parts.addFirst(new Part(image.number(), link.previousEnd(), changes(frames)));
            useless.remove(image.number());
            link = chain(image);
        }
        return new Found(chain, List.copyOf(parts), unproven, highest, useless, millis);
    }

    /** The newest that was begun; an empty one behind it is what a crash has left of an attempt. */
    private @Nullable SegmentImage newest() throws IOException {
        List<Long> numbers = new ArrayList<>(files.keySet());
        for (int i = numbers.size() - 1; i >= 0; i--) {
            SegmentImage image = image(numbers.get(i));
            if (image.isBegun()) {
                return image;
            }
            logger.warn(
                    "The transaction log's file {} in {} was never begun: a crash came first; it is left out",
                    image.file(),
                    disk.place());
        }
        return null;
    }

    private SegmentImage image(long segment) throws IOException {
        String file = files.get(segment);
        if (file == null) {
            throw new TxnException(
                    "The transaction log in " + disk.place() + " lacks the file " + SegmentFiles.name(segment)
                            + ", to which a newer one refers: restore it from a copy. Nothing was changed",
                    null);
        }
        return SegmentImage.of(file, segment, disk.read(file));
    }

    private static Chain chain(SegmentImage image) {
        List<LogChange> first = image.frames().get(0).changes();
        if (first.isEmpty() || !(first.get(0) instanceof Chain chain)) {
            throw SegmentImage.damaged(image.file(), LogFrame.PREAMBLE, "it does not say what came before it");
        }
        return chain;
    }

    private List<LogChange> changes(List<LogFrame> frames) {
        millis = frames.stream().mapToLong(LogFrame::millis).reduce(millis, Math::max);
        return frames.stream()
                .flatMap(frame -> frame.changes().stream())
                .filter(change -> !(change instanceof Chain))
                .toList();
    }
}
