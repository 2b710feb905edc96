package io.coordkit.testkit.id;

/** How a generator orders its ids, as far as {@link IdGeneratorContract} is concerned. */
public enum IdOrder {
    /** An id asked for after another was received is greater. */
    STRICT,
    /** The same within each thread. */
    IN_EACH_THREAD,
    /** Not at all. */
    NONE
}
