package io.coordkit;

import org.jspecify.annotations.Nullable;

/** A store did not answer, or refused the connection. What was asked of it may or may not have happened. */
public final class BackendUnreachableException extends CoordException {
    private static final long serialVersionUID = 1L;

    /** No answer; the message names the store's address and what was asked of it. */
    public BackendUnreachableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
