package io.coordkit.lock;

import org.jspecify.annotations.Nullable;

/** The lock stayed busy for the whole wait. */
public final class LockTimeoutException extends LockException {
    private static final long serialVersionUID = 1L;

    /** A failure of the lock of that name. */
    public LockTimeoutException(String lockName, String message, @Nullable Throwable cause) {
        super(lockName, message, cause);
    }
}
