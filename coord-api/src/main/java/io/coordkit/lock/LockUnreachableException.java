package io.coordkit.lock;

import org.jspecify.annotations.Nullable;

/** The store did not answer, so that neither "yes" nor "no" can be said; nothing is held. */
public final class LockUnreachableException extends LockException {
    private static final long serialVersionUID = 1L;

    /** A failure of the lock of that name. */
    public LockUnreachableException(String lockName, String message, @Nullable Throwable cause) {
        super(lockName, message, cause);
    }
}
