package io.coordkit.samples.service;

import io.coordkit.CoordException;
import org.jspecify.annotations.Nullable;

/** A program cannot start as it was called. The message is the one line its user sees, before exit 2. */
public final class StartupException extends CoordException {
    private static final long serialVersionUID = 1L;

    /** The message says what is wrong and what to do, in one line. */
    public StartupException(String message) {
        super(message, null);
    }

    /** The message says what is wrong and what to do, in one line. */
    public StartupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
