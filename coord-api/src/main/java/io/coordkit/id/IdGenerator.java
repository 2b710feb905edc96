package io.coordkit.id;

/**
 * Issues positive 64-bit ids that never repeat, as far as its kind promises.
 *
 * <p>Thread-safe.
 */
public interface IdGenerator extends AutoCloseable {

    /** What the ids are for; one tag is one sequence of ids. */
    String tag();

    /**
     * The next id.
     *
     * @throws IdUnavailableException if none can be issued without the risk of a repeat, after a bounded wait
     */
    long next();

    /**
     * Fills the whole array with new ids, ascending.
     *
     * @throws IdUnavailableException as {@link #next()}; what was filled by then is used up
     */
    default void fill(long[] ids) {
        for (int i = 0; i < ids.length; i++) {
            ids[i] = next();
        }
    }

    /** Frees what the generator opened itself. Idempotent; a closed generator issues nothing. */
    @Override
    void close();
}
