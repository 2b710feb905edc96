package io.coordkit.id;

import java.util.Set;

/**
 * Hands out ranges of ids per tag, each to one caller only.
 *
 * <p>Thread-safe. A call may block for one round trip to its store.
 */
public interface RangeAllocator extends AutoCloseable {

    /** What it promises beyond that no id is in two ranges; always the same. */
    Set<RangeGuarantee> guarantees();

    /** The next range of that tag, as large as the store has it. See {@link #allocate(String, long)}. */
    default IdRange allocate(String tag) {
        return allocate(tag, 0);
    }

    /**
     * The next range of that tag.
     *
     * @param tag as {@link IdTags} has it; {@code Order} and {@code order} are two tags
     * @param wanted how many ids are wished for, 0 or greater. One that is {@link RangeGuarantee#SIZED} gives as many or
     *     more, another what its store is set to
     * @throws IllegalArgumentException if the tag is malformed or {@code wanted} is negative
     * @throws IdUnavailableException if the store did not answer or the tag's ids are used up; a range that it may
     *     have given out all the same is never given out again
     */
    IdRange allocate(String tag, long wanted);

    /**
     * Takes back the unused end of a range, if nothing was given out after it: those ids are then given out anew. The
     * caller must not issue them any more, whatever the answer, and must not give them back again.
     *
     * @param tail from any id of a range that this allocator gave out to that range's end
     * @return whether it went back; false also if the store is one that takes nothing back
     * @throws IdUnavailableException if the store did not answer: the tail may have gone back
     */
    boolean giveBack(String tag, IdRange tail);

    /** Frees what the allocator opened itself. Idempotent. */
    @Override
    void close();
}
