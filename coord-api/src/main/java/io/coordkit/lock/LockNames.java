package io.coordkit.lock;

import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What may be asked of a lock: its name and its waits. */
final class LockNames {
    private static final int MAX_BYTES = 1024;
    static final Duration MAX_WAIT = Duration.ofDays(366);

    private LockNames() {}

    static String check(String name) {
        int bytes;
        try {
            bytes = StandardCharsets.UTF_8
                    .newEncoder()
                    .encode(CharBuffer.wrap(name))
                    .remaining();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("lock name has an unpaired surrogate: '" + name + "'", e);
        }
        if (bytes == 0 || bytes > MAX_BYTES) {
            throw new IllegalArgumentException(
                    "lock name must have 1 to " + MAX_BYTES + " bytes of UTF-8, '" + name + "' has " + bytes);
        }
        return name;
    }

    /** The name as it may stand in a log line: control characters, line ends above all, are replaced. */
    static String printable(String name) {
        return name.replaceAll("\\p{Cntrl}", "\ufffd");
    }

    static Duration checkWait(Duration wait) {
        if (wait.isZero() || wait.isNegative() || wait.compareTo(MAX_WAIT) > 0) {
            throw new IllegalArgumentException("wait must be longer than zero and at most 366 days, was " + wait);
        }
        return wait;
    }
}
