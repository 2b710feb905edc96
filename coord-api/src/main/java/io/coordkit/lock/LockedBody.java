package io.coordkit.lock;

/**
 * What is done while a lock is held.
 *
 * @param <T> what it returns
 * @param <E> what it may throw
 */
@FunctionalInterface
public interface LockedBody<T, E extends Exception> {

    /**
     * Does it. The calling thread is interrupted when the lock is lost meanwhile.
     *
     * @param hold the lock, for its token; closed by the caller
     */
    T run(Hold hold) throws E, InterruptedException;
}
