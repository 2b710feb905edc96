package io.coordkit.lock.memory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.coordkit.ConfigurationException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * How often a store was started: one line of ten digits, so that a new number takes the place of the old one in one
 * small write.
 */
final class EraFile {
    private static final int MAX_ERA = (1 << 21) - 1;
    private static final int LINE = 11;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,10}");

    private EraFile() {}

    /** Raises the number, and returns it once it is on disk. Processes that start at once get different ones. */
    static int raise(Path file) {
        try (FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE)) {
            var unusedUntilTheChannelCloses = channel.lock();
            int era = read(file, channel) + 1;
            if (era > MAX_ERA) {
                throw new ConfigurationException(
                        "era-file " + file + " has counted all " + MAX_ERA + " starts that a token has room for");
            }
            channel.write(
                    ByteBuffer.wrap(String.format(Locale.ROOT, "%010d\n", era).getBytes(US_ASCII)), 0);
            channel.force(true);
            return era;
        } catch (IOException | OverlappingFileLockException e) {
            throw new ConfigurationException("era-file " + file + " cannot be raised: " + e, e);
        }
    }

    private static int read(Path file, FileChannel channel) throws IOException {
        if (channel.size() == 0) {
            return 0;
        }
        ByteBuffer bytes = ByteBuffer.allocate(LINE + 1);
        while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
            // until all of it is here
        }
        String text = new String(bytes.array(), 0, bytes.position(), US_ASCII).strip();
        if (!NUMBER.matcher(text).matches() || Long.parseLong(text) > MAX_ERA) {
            throw new ConfigurationException("era-file " + file + " must hold one whole number up to " + MAX_ERA
                    + ", holds '" + text.replaceAll("\\P{Print}", "?") + "'");
        }
        return Integer.parseInt(text);
    }
}
