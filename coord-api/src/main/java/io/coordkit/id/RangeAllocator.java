package io.coordkit.id;

/**
 * Hands out ranges of ids per tag, each to one caller only, ascending per tag.
 *
 * <p>Thread-safe. A call may block for one round trip to its store.
 */
public interface RangeAllocator extends AutoCloseable {

    /**
     * The next range of that tag.
     *
     * @param tag as {@link IdTags} has it; {@code Order} and {@code order} are two tags
     * @throws IllegalArgumentException if the tag is malformed
     * @throws IdUnavailableException if the store did not answer or the tag's ids are used up; a range that it may
     *     have given out all the same is never given out again
     */
    IdRange allocate(String tag);

    /** Frees what the allocator opened itself. Idempotent. */
    @Override
    void close();
}
