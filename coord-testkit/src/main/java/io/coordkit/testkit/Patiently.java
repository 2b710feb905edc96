package io.coordkit.testkit;

import io.coordkit.BackendUnreachableException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Opens what needs a server, on a machine that has so much to do that either may be late. Thread-safe. */
public final class Patiently {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(200);

    private Patiently() {}

    /**
     * What is opened, tried again for a minute while the server does not answer.
     *
     * @throws BackendUnreachableException if it never does
     */
    public static <T> T open(Supplier<T> opening) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return opening.get();
            } catch (BackendUnreachableException e) {
                if (System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }
}
