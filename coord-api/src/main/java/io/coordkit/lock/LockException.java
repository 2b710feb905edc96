package io.coordkit.lock;

import io.coordkit.CoordException;
import org.jspecify.annotations.Nullable;

/** A failure of one named lock. */
public abstract sealed class LockException extends CoordException
        permits LockTimeoutException, LockLostException, LockUnreachableException {
    private static final long serialVersionUID = 1L;

    private final String lockName;
    private final String detail;

    LockException(String lockName, String message, @Nullable Throwable cause) {
        super("Lock '" + LockNames.printable(lockName) + "': " + message, cause);
        this.lockName = lockName;
        this.detail = message;
    }

    /** The message without the name. */
    final String detail() {
        return detail;
    }

    /** The name of the lock it is about. */
    public final String lockName() {
        return lockName;
    }
}
