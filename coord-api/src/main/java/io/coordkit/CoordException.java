package io.coordkit;

import org.jspecify.annotations.Nullable;

/**
 * Root of every failure Coordkit reports. Expected refusals (a busy lock, an aborted transaction) are values, not
 * exceptions; what is thrown names the lock, the id tag or the transaction it is about.
 */
public abstract class CoordException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    protected CoordException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
