package io.coordkit.id;

/** One thing a source of worker numbers may promise. */
public enum WorkerGuarantee {
    /** No two generators have one number at a time, as far as the store knows. */
    EXCLUSIVE,
    /** A generator that was stopped for any time, and goes on after its number was given away, repeats no id. */
    ZOMBIE_SAFE,
    /** A generator that is started again repeats no id of its predecessor, whatever the wall clocks say. */
    RESTART_SAFE,
    /** Leases and windows count by the store's clock: clocks of the generators' machines have no effect. */
    STORE_CLOCK,
    /** The above hold also when the store restarts without its data, or with older data. */
    SURVIVES_DATA_LOSS
}
