package io.coordkit.lock;

/** One thing a lock backend may promise. */
public enum LockGuarantee {
    /** Every new holder's token is greater than all earlier ones of that name. */
    FENCED,
    /** {@link #FENCED} also when the store restarts without its data. */
    FENCED_AFTER_DATA_LOSS,
    /** Two processes never hold a name at the same time by the store's own account, though any one node be lost. */
    SURVIVES_NODE_LOSS,
    /** Waiters of all processes are served first come, first served. */
    FAIR
}
