package io.coordkit.testkit;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a test waited for has not come. On a machine with too much to do, that alone says little about what is tested, so
 * {@code scripts/run-tests} runs it again, alone. What has happened and must not is no such thing, however late it was.
 */
public final class TooLate extends AssertionError {
    private static final long serialVersionUID = 1L;

    /** @param what was waited for, or where */
    public TooLate(String what, @Nullable Throwable cause) {
        super(what, cause);
    }

    /**
     * Nothing, while there is time.
     *
     * @param deadline as {@link System#nanoTime()} tells it
     * @param what is waited for, with {@code %s} where the arguments belong
     * @throws TooLate if the deadline has passed
     */
    public static void check(long deadline, String what, Object... arguments) {
        if (System.nanoTime() - deadline > 0) {
            throw new TooLate(
                    "Has not come: " + (arguments.length == 0 ? what : String.format(Locale.ROOT, what, arguments)),
                    null);
        }
    }
}
