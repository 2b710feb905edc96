package io.coordkit.txn.core;

import java.io.IOException;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The segments' names, and what of them there is. Not thread-safe. */
final class SegmentFiles {
    private static final Logger logger = LoggerFactory.getLogger(SegmentFiles.class);
    private static final Pattern NAME = Pattern.compile("txn-(\\d{18})\\.log");

    private SegmentFiles() {}

    static String name(long segment) {
        return String.format(Locale.ROOT, "txn-%018d.log", segment);
    }

    private static OptionalLong number(String file) {
        Matcher matcher = NAME.matcher(file);
        return matcher.matches() ? OptionalLong.of(Long.parseLong(matcher.group(1))) : OptionalLong.empty();
    }

    /** All there are, by number; other files are left alone. */
    static SortedMap<Long, String> of(LogDisk disk) throws IOException {
        SortedMap<Long, String> found = new TreeMap<>();
        for (String file : disk.files()) {
            number(file).ifPresent(segment -> found.put(segment, file));
        }
        return found;
    }

    /** Removes a file that is not needed; when it cannot be, the next start will. */
    static void remove(LogDisk disk, long segment) {
        try {
            disk.delete(name(segment));
        } catch (IOException e) {
            logger.warn(
                    "{} in {} is not needed and could not be removed: {}", name(segment), disk.place(), e.toString());
        }
    }
}
