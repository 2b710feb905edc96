package io.coordkit.lock;

import org.jspecify.annotations.Nullable;

/** The lock was lost before it was released: whoever held it must stop. */
public final class LockLostException extends LockException {
    private static final long serialVersionUID = 1L;

    /** A failure of the lock of that name. */
    public LockLostException(String lockName, String message, @Nullable Throwable cause) {
        super(lockName, message, cause);
    }
}
