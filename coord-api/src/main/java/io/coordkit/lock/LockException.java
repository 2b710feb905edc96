package io.coordkit.lock;

import io.coordkit.CoordException;
import org.jspecify.annotations.Nullable;

/** A failure of one named lock. */
public abstract sealed class LockException extends CoordException
        permits LockTimeoutException, LockLostException, LockUnreachableException {
    private static final long serialVersionUID = 1L;

    private final String lockName;

    LockException(String lockName, String message, @Nullable Throwable cause) {
        super("Lock '" + lockName + "': " + message, cause);
        this.lockName = lockName;
    }

    /** The name of the lock it is about. */
    public final String lockName() {
        return lockName;
    }
}
