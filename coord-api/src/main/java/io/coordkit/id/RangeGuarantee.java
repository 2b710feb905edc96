package io.coordkit.id;

/** One thing that a {@link RangeAllocator} may promise. */
public enum RangeGuarantee {
    /** A range lies above all that were given out before it was asked for, by whichever allocator of the store. */
    ASCENDING,
    /** A range has at least as many ids as were wished for. */
    SIZED,
    /** The unused end of the newest range goes back when it is given back. */
    TAKES_BACK
}
